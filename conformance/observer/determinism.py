"""Same seed, same faults, same bytes: every fault of the catalogue, twice, on two servers with a manual clock."""

import json
import subprocess

from observer import ENDPOINTS, PCM_100MS, Mock, check, volc_request

SHARES = 4


def faults(binary):
    rows = json.loads(subprocess.run([binary, "faults", "--json"], capture_output=True, text=True, check=True).stdout)
    return rows["faults"]


def exchange(mock, endpoint, scenario):
    """Two connections under a scenario, told in a fixed way; all that the server sent, and how TCP ended."""
    heard = []
    for n in range(2):
        peer = mock.dial(endpoint, scenario, seed=7, headers={"Sec-WebSocket-Extensions": "permessage-deflate"})
        heard.append(talk(mock, endpoint, peer, n))
        peer.close()
    return heard


def settle(mock, peer, ms):
    """Lets time pass, and takes what comes of it."""
    mock.admin("clock", "POST", {"advance_ms": ms})
    while peer.pull(0.01):
        pass


def talk(mock, endpoint, peer, n):
    for _ in range(200):
        if peer.read_answer(0.02) is not None or peer.end:
            break
        settle(mock, peer, 200)
    head = b"\r\n".join(line for line in peer.answer_head.split(b"\r\n") if not line.lower().startswith(b"date:"))
    if peer.status == 101:
        text = "eins zwei drei vier fünf sechs"
        first = [(2, volc_request(text, f"reqid-{n}"))] if endpoint.name == "volcengine/tts-v1" else endpoint.first(text)
        for opcode, payload in first:
            peer.send(opcode, payload)
            settle(mock, peer, 100)
        if not endpoint.synthesis:
            for _ in range(4):
                peer.send(2, PCM_100MS)
                settle(mock, peer, 100)
            peer.send(1, json.dumps({"command": "END", "cancel": False}).encode())
        peer.send(9, b"still there")
        for _ in range(20):
            if peer.end:
                break
            settle(mock, peer, 2500)
        peer.send_close()
        settle(mock, peer, 1000)
    else:
        peer.body()
    return head, peer.buffer, peer.end


def compare(binary, share):
    arguments = ["--clock", "manual", "--seed", "7"]
    one, other = Mock(binary, arguments), Mock(binary, arguments)
    try:
        different = []
        for row in faults(binary)[share::SHARES]:
            for name in (row["endpoints"][0], row["endpoints"][-1]):
                lane = f"same-{row['name']}-{name.replace('/', '-')}"
                one.lane = other.lane = lane
                scenario = row["example"].replace(" ", "%20")
                first, second = (exchange(mock, ENDPOINTS[name], scenario) for mock in (one, other))
                if first != second:
                    different.append(lane)
        assert not different, different
    finally:
        one.stop()
        other.stop()


def share(n):
    def same_seed_same_bytes(mock):
        compare(mock.binary, n)
    same_seed_same_bytes.__name__ = f"same_seed_same_bytes_{n + 1}_of_{SHARES}"
    return check(same_seed_same_bytes)


for n in range(SHARES):
    share(n)
