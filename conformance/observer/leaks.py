"""Ten thousand faulty sessions in a row leave nothing behind: no session, no socket, no memory."""

import concurrent.futures
import os
import socket
import struct
import time

from observer import ENDPOINTS, PCM_100MS, check

SESSIONS = int(os.environ.get("LEAK_SESSIONS", "10000"))
WARM_UP = 1500
MOST_GROWTH = 16 << 20

FAULTS = [
    "half-open:at=open", "half-open:at=request", "half-open:at=audio/2", "stall-midstream:at=first-byte", "stall-midstream", "silent-but-pinging",
    "no-pong", "late-pong:ms=60000", "slow-trickle:gap_ms=10", "slow-trickle", "slow-first-byte:ms=5", "slow-first-byte:ms=60000",
    "drop-while-sending", "drop-after-request", "drop-after-request:how=rst", "flap:after_ms=5", "flap:after_ms=5,how=rst", "stale-reuse:after_ms=5",
    "byte-drip:gap_ms=1", "byte-drip:gap_ms=0,at=open", "write-slicing", "write-slicing:gap_ms=0,sizes=1.2.700",
    "abrupt-1006", "abrupt-1006:how=rst,at=request", "close-1011:at=request", "close-4000", "vendor-error",
    "half-open:at=audio/2+byte-drip", "no-pong+slow-trickle:gap_ms=1+drop-after-request:how=rst", "write-slicing+abrupt-1006:at=audio/2",
]
SYNTHESIS_ALONE = [
    "drop-after-partial-audio", "drop-after-partial-audio:how=rst,at=30%", "odd-byte-chunks", "zero-length-audio", "container-cut-midframe",
    "rate-mismatch", "truncated-tail", "odd-byte-chunks+container-cut-midframe+stall-midstream",
]


def masked(opcode, payload):
    key, n = b"\x11\x22\x33\x44", len(payload)
    size = bytes([0x80 | n]) if n < 126 else bytes([0xFE]) + struct.pack(">H", n)
    mask = (key * (n // 4 + 1))[:n]
    body = (int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")).to_bytes(n, "big") if n else b""
    return bytes([0x80 | opcode]) + size + key + body


def visit(mock, endpoint, fault, n):
    """One session, raw: everything the client says at once, then whatever comes, then away."""
    path = f"/~lane={mock.lane};scenario={fault.replace('%', '%25')}".replace("audio/", "audio%2F") + endpoint.path
    lines = [f"GET {path} HTTP/1.1", "Host: mynah", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    lines += [f"{name}: {value}" for name, value in endpoint.headers.items()]
    said = ("\r\n".join(lines) + "\r\n\r\n").encode()
    said += masked(9, b"ping") + b"".join(masked(opcode, payload) for opcode, payload in endpoint.first("hi"))
    if not endpoint.synthesis:
        said += masked(2, PCM_100MS) * 3 + masked(9, b"pong?")
    with socket.create_connection((mock.host, mock.port), 10) as sock:
        if n % 3 == 0:
            # A client that resets.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        answer = b""
        try:
            sock.sendall(said)
            answer = sock.recv(1 << 16)
            sock.settimeout(0.02)
            while answer and (piece := sock.recv(1 << 16)):
                answer += piece
            return answer
        except TimeoutError:
            if n % 3 == 1:
                try:
                    sock.sendall(masked(8, b"\x03\xe8"))
                except OSError:
                    pass
            return answer
        except ConnectionError:
            return answer or b"reset"


def sockets(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]) << 10, int(fields["Threads"])


def open_sessions(mock):
    """What the server counts as open."""
    import urllib.request
    with urllib.request.urlopen(f"http://{mock.host}:{mock.port}/__mynah/metrics", timeout=30) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("mynah_sessions_open "):
                return int(float(line.split()[1]))
    raise AssertionError("no such metric")


def settled(mock, pid, wanted=None):
    """(sockets, bytes, threads) when no session is open any more and the sockets are `wanted`."""
    until = time.monotonic() + 30
    while True:
        count = open_sessions(mock)
        found = sockets(pid)
        if count == 0 and (wanted is None or found <= wanted):
            return (found, *memory(pid))
        if time.monotonic() > until:
            raise AssertionError(f"{count} sessions open, {found} descriptors, {wanted} before")
        time.sleep(0.1)


def visits(mock, pool, first, count):
    plans = [(e, f) for f in FAULTS for e in ENDPOINTS.values()]
    plans += [(e, f) for f in SYNTHESIS_ALONE for e in ENDPOINTS.values() if e.synthesis]
    jobs = [pool.submit(visit, mock, *plans[n % len(plans)], n) for n in range(first, first + count)]
    return [(plans[n % len(plans)], job.result()) for n, job in zip(range(first, first + count), jobs)]


@check(serve=["--journal-bytes", "1000000"])
def ten_thousand_faulty_sessions_leave_nothing(mock):
    pid = mock.process.pid
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        for (endpoint, fault), answer in visits(mock, pool, 0, WARM_UP):
            assert answer[:12] == b"HTTP/1.1 101" or answer == b"reset", (endpoint.name, fault, answer[:400])
        before = settled(mock, pid)
        time.sleep(0.5)
        before = settled(mock, pid, before[0])
        visits(mock, pool, WARM_UP, SESSIONS)
        after = settled(mock, pid, before[0])
    growth = after[1] - before[1]
    print(f"# {SESSIONS} sessions: {before[0]} -> {after[0]} descriptors, {before[1] >> 10} -> {after[1] >> 10} KiB, {before[2]} -> {after[2]} threads")
    assert after[0] <= before[0] and after[2] <= before[2], (before, after)
    assert growth < MOST_GROWTH, f"{growth >> 10} KiB more after {SESSIONS} sessions"
    # It was no empty run: the faults have fired, and the server still serves.
    assert mock.admin("health")["status"] == "ok"
    faults = [f for s in mock.admin("sessions?limit=200")["sessions"] for f in s["faults"]]
    assert sum(f["fired"] for f in faults) > len(faults) / 2, faults[:5]
