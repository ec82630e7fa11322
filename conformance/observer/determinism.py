"""Same seed, same faults, same bytes: every fault of the catalogue, twice, on two servers with a manual clock."""

import json
import subprocess

from observer import ENDPOINTS, PCM_100MS, Mock, check, volc_request

SHARES = 4


def faults(binary):
    rows = json.loads(subprocess.run([binary, "faults", "--json"], capture_output=True, text=True, check=True).stdout)
    return rows["faults"]


def exchange(mock, endpoint, scenario):
    """A connection under a scenario, two if it names one, told in a fixed way; all that the server sent, and how TCP ended."""
    heard = []
    for n in range(2 if "conn" in scenario else 1):
        peer = mock.dial(endpoint, scenario, seed=7, headers={"Sec-WebSocket-Extensions": "permessage-deflate"})
        heard.append(talk(mock, endpoint, peer, n))
        peer.close()
    return heard


def settle(mock, peer, ms):
    """Lets time pass, and takes what comes of it."""
    mock.admin("clock", "POST", {"advance_ms": ms})
    while peer.pull(0.01):
        pass


def say(mock, peer, opcode, payload):
    """Says something, and gives it the time to arrive before any time passes."""
    peer.send(opcode, payload)
    while peer.pull(0.15):
        pass
    settle(mock, peer, 100)


def talk(mock, endpoint, peer, n):
    for _ in range(200):
        if peer.read_answer(0.05) is not None or peer.end:
            break
        settle(mock, peer, 200)
    head = [line for line in peer.answer_head.splitlines(keepends=True) if not line.lower().startswith(b"date:")]
    if peer.status == 101:
        text = "eins zwei drei vier fünf sechs"
        first = [(2, volc_request(text, f"reqid-{n}"))] if endpoint.name == "volcengine/tts-v1" else endpoint.first(text)
        for opcode, payload in first:
            say(mock, peer, opcode, payload)
        if not endpoint.synthesis:
            say(mock, peer, 2, PCM_100MS * 4)
            say(mock, peer, 1, json.dumps({"command": "END", "cancel": False}).encode())
        say(mock, peer, 9, b"still there")
        for _ in range(4):
            if peer.end:
                break
            settle(mock, peer, 12000)
        say(mock, peer, 8, b"\x03\xe8")
    else:
        peer.body()
    return head, peer.buffer, peer.end


def compare(binary, share):
    arguments = ["--clock", "manual", "--seed", "7"]
    one, other = Mock(binary, arguments), Mock(binary, arguments)
    try:
        different = []
        for n, row in list(enumerate(faults(binary)))[share::SHARES]:
            # Every other fault on its first endpoint, the others on their last.
            name = row["endpoints"][-(n % 2)]
            one.lane = other.lane = f"same-{row['name']}"
            first, second = (exchange(mock, ENDPOINTS[name], row["example"]) for mock in (one, other))
            assert not any(line.startswith(b"HTTP/1.1 400") for line in first[0][0]) or "400" in row["name"], row["example"]
            if first != second:
                different.append((row["name"], name))
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
