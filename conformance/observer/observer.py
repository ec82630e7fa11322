"""A raw socket that watches the mock break its word: bytes, segments, FIN, RST, silence.

Nothing of it is shared with the mock: framing is parsed here, by hand, from RFC 6455. A check is a function with
`@check`; it gets a `Mock` of its own lane and raises AssertionError when the wire is not as the catalogue promises.
"""

import base64
import gzip
import json
import os
import select
import socket
import struct
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

CHECKS = []
PATIENCE_S = 10.0


def check(function=None, **options):
    """Registers a check; options: serve=[...] for a server of its own with these arguments."""
    def register(function):
        CHECKS.append((function.__module__, function.__name__, function, options))
        return function
    return register(function) if function else register


# ---- what the client says on each endpoint -------------------------------------------------------------------------

TOKEN = "observer-token"


def volc_frame(payload, kind=0x10, serial=0x10):
    body = json.dumps(payload).encode()
    return bytes([0x11, kind, serial, 0x00]) + struct.pack(">I", len(body)) + body


def volc_request(text, reqid=None):
    return volc_frame({
        "app": {"appid": "app", "token": TOKEN, "cluster": "volcano_tts"},
        "user": {"uid": "observer"},
        "audio": {"voice_type": "BV001_streaming", "encoding": "pcm", "rate": 16000},
        "request": {"reqid": reqid or base64.b32encode(os.urandom(15)).decode().lower(), "text": text, "operation": "submit"},
    })


@dataclass
class Endpoint:
    """One served endpoint: how it is opened and asked for something."""
    name: str
    path: str
    headers: dict
    synthesis: bool
    requests: list = field(default_factory=list)      # (opcode, bytes) that make it answer

    def first(self, text="one two three four five six seven eight nine ten"):
        return [(op, make(text) if callable(make) else make) for op, make in self.requests]


def _rtts(text):
    return json.dumps({"command": "START", "text": text, "config": {
        "audio_format": "pcm", "property": "chinese_xiaoyan_common", "sample_rate": "16000"}}).encode()


def _ibm(text):
    return json.dumps({"text": text, "accept": "audio/l16;rate=16000", "timings": ["words"]}).encode()


_RASR_START = json.dumps({"command": "START", "config": {
    "audio_format": "pcm16k16bit", "property": "chinese_16k_general", "interim_results": "yes"}}).encode()

ENDPOINTS = {e.name: e for e in [
    Endpoint("huawei/rtts", "/v1/project/rtts", {"X-Auth-Token": TOKEN}, True, [(1, _rtts)]),
    Endpoint("huawei/rasr-short-stream", "/v1/project/rasr/short-stream", {"X-Auth-Token": TOKEN}, False, [(1, _RASR_START)]),
    Endpoint("huawei/rasr-sentence-stream", "/v1/project/rasr/sentence-stream", {"X-Auth-Token": TOKEN}, False, [(1, _RASR_START)]),
    Endpoint("huawei/rasr-continue-stream", "/v1/project/rasr/continue-stream", {"X-Auth-Token": TOKEN}, False, [(1, _RASR_START)]),
    Endpoint("ibm/tts", "/v1/synthesize?voice=en-US_AllisonV3Voice&access_token=" + TOKEN, {}, True, [(1, _ibm)]),
    Endpoint("volcengine/tts-v1", "/api/v1/tts/ws_binary", {"Authorization": "Bearer;" + TOKEN}, True, [(2, volc_request)]),
]}
SYNTHESIS = [e for e in ENDPOINTS.values() if e.synthesis]
RECOGNITION = [e for e in ENDPOINTS.values() if not e.synthesis]


# ---- the mock ------------------------------------------------------------------------------------------------------

class Mock:
    """A mock server that runs, and one lane of it."""
    lanes = 0
    lock = threading.Lock()

    def __init__(self, binary, arguments=()):
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--log-level", "warn", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        assert words[:2] == ["mynah", "ready"], words
        self.host, port = words[2].split("://")[1].split(":")
        self.port, self.binary = int(port), binary
        self.lane = "default"

    def in_lane(self):
        """The same server with a lane of its own."""
        other = object.__new__(Mock)
        other.__dict__.update(self.__dict__)
        with Mock.lock:
            Mock.lanes += 1
            other.lane = f"observer-{Mock.lanes}"
        return other

    def stop(self):
        self.process.terminate()
        return self.process.wait(10)

    def admin(self, path, method="GET", body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.host}:{self.port}/__mynah/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def sessions(self):
        return self.admin(f"sessions?lane={self.lane}")["sessions"]

    def wait_closed(self, n=1):
        return self.admin(f"wait?lane={self.lane}&sessions={n}&timeout_ms=10000")

    def verify(self):
        return self.admin(f"verify?lane={self.lane}")

    def dial(self, endpoint, scenario=None, seed=None, early=b"", headers=()):
        """Opens TCP and sends the request head; the answer is not awaited."""
        pairs = [f"lane={self.lane}"] + [f"{k}={v}" for k, v in (("scenario", scenario), ("seed", seed)) if v is not None]
        peer = Peer(socket.create_connection((self.host, self.port), PATIENCE_S))
        selector = urllib.parse.quote(";".join(pairs), safe=";=,:+")
        peer.head(f"/~{selector}{endpoint.path}", {**endpoint.headers, **dict(headers)}, early)
        return peer

    def open(self, endpoint, scenario=None, seed=None, ask=False, **more):
        """Opens a session; with ask, sends the endpoint's first messages, too."""
        peer = self.dial(endpoint, scenario, seed, **more)
        status = peer.read_answer()
        assert status == 101, (status, peer.body())
        if ask:
            for opcode, payload in endpoint.first():
                peer.send(opcode, payload)
        return peer


@dataclass
class Frame:
    """A frame as it stands on the wire."""
    fin: bool
    rsv: int
    opcode: int
    masked: bool
    length_form: int          # 7, 16 or 64
    payload: bytes
    raw: bytes

    @property
    def is_minimal(self):
        n = len(self.payload)
        return self.length_form == (7 if n < 126 else 16 if n < 65536 else 64)

    def close(self):
        """(code, reason bytes) of a close frame; code 1005 if it is empty."""
        if len(self.payload) < 2:
            return 1005, b""
        return struct.unpack(">H", self.payload[:2])[0], self.payload[2:]


class Peer:
    """A raw client. `end` is None while TCP is open, then "FIN" or "RST"."""

    def __init__(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock, self.buffer, self.end = sock, b"", None
        self.segments = []                    # lengths of what single reads gave
        self.status, self.answer_head, self.headers = None, b"", {}

    # -- bytes --
    def pull(self, timeout=PATIENCE_S):
        """Reads once; False when nothing came in time or TCP has ended."""
        if self.end:
            return False
        if not select.select([self.sock], [], [], timeout)[0]:
            return False
        try:
            piece = self.sock.recv(1 << 16)
        except ConnectionResetError:
            self.end = "RST"
            return False
        if not piece:
            self.end = "FIN"
            return False
        self.segments.append(len(piece))
        self.buffer += piece
        return True

    def write(self, data):
        try:
            self.sock.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            self.end = self.end or "RST"

    def is_established(self):
        """Whether the kernel still has this TCP connection as ESTABLISHED."""
        info = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        return info[0] == 1

    def is_silent(self, seconds=0.4):
        """Nothing comes for so long, and TCP stays established."""
        return not self.pull(seconds) and self.end is None and self.is_established()

    def close(self):
        self.sock.close()

    # -- handshake --
    def head(self, path, headers, early=b""):
        lines = [f"GET {path} HTTP/1.1", f"Host: {self.sock.getpeername()[0]}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode() + early)

    def read_answer(self, timeout=PATIENCE_S):
        """Reads the answer's head; its status, or None if none came."""
        end = time.monotonic() + timeout
        while b"\r\n\r\n" not in self.buffer and b"\n\n" not in self.buffer:
            if not self.pull(max(0.0, end - time.monotonic())):
                return None
        cut = self.buffer.find(b"\r\n\r\n") + 4
        if cut == 3:
            cut = self.buffer.find(b"\n\n") + 2
        self.answer_head, self.buffer = self.buffer[:cut], self.buffer[cut:]
        first, *rest = self.answer_head.decode("latin-1").splitlines()
        self.status = int(first.split()[1])
        self.headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in rest) if n}
        return self.status

    def body(self):
        """The body of a refusal."""
        wanted = int(self.headers.get("content-length", 0))
        while len(self.buffer) < wanted and self.pull():
            pass
        return self.buffer[:wanted]

    # -- frames --
    def send(self, opcode, payload=b"", fin=True):
        key = b"\x11\x22\x33\x44"
        n = len(payload)
        head = bytes([(0x80 if fin else 0) | opcode])
        head += bytes([0x80 | n]) if n < 126 else bytes([0x80 | 126]) + struct.pack(">H", n) if n < 65536 else bytes([0x80 | 127]) + struct.pack(">Q", n)
        self.write(head + key + bytes(b ^ key[i % 4] for i, b in enumerate(payload)))

    def send_close(self, code=1000, reason=b""):
        self.send(8, struct.pack(">H", code) + reason)

    def frame(self, timeout=PATIENCE_S):
        """The next frame, or None when none came in time or TCP has ended (see `end`)."""
        end = time.monotonic() + timeout
        while True:
            taken = self._take()
            if taken:
                return taken
            if not self.pull(max(0.0, end - time.monotonic())):
                return self._take()

    def _take(self):
        b = self.buffer
        if len(b) < 2:
            return None
        n, at, form = b[1] & 0x7F, 2, 7
        if n == 126:
            if len(b) < 4:
                return None
            n, at, form = struct.unpack(">H", b[2:4])[0], 4, 16
        elif n == 127:
            if len(b) < 10:
                return None
            n, at, form = struct.unpack(">Q", b[2:10])[0], 10, 64
        masked = bool(b[1] & 0x80)
        key = b[at:at + 4] if masked else b""
        at += 4 if masked else 0
        if len(b) < at + n:
            return None
        payload = b[at:at + n]
        if masked:
            payload = bytes(x ^ key[i % 4] for i, x in enumerate(payload))
        self.buffer = b[at + n:]
        return Frame(bool(b[0] & 0x80), (b[0] >> 4) & 7, b[0] & 15, masked, form, payload, b[:at + n])

    def frames(self, timeout=PATIENCE_S, until=None):
        """All frames up to the end of TCP, a close frame, `until(frame)`, or so long a silence."""
        found = []
        while (frame := self.frame(timeout)) is not None:
            found.append(frame)
            if frame.opcode == 8 or (until and until(frame)):
                break
        return found

    def ending(self, timeout=PATIENCE_S):
        """Waits for the end of TCP: "FIN", "RST", or None if it stays open."""
        end = time.monotonic() + timeout
        while self.end is None and self.pull(max(0.0, end - time.monotonic())):
            pass
        return self.end


# ---- what frames say -----------------------------------------------------------------------------------------------

def is_audio(endpoint, frame):
    """Whether a frame of the server is audio."""
    if frame.opcode != 2:
        return False
    return endpoint.name != "volcengine/tts-v1" or frame.payload[1] >> 4 == 0xB and len(frame.payload) > 12


def audio_of(endpoint, frames):
    """The audio bytes of the server's frames."""
    skip = 12 if endpoint.name == "volcengine/tts-v1" else 0
    return b"".join(f.payload[skip:] for f in frames if is_audio(endpoint, f))


def volc_json(frame):
    """The JSON of a Volcengine frame of the server, whatever its type."""
    kind, flags, packed = frame.payload[1] >> 4, frame.payload[1] & 15, frame.payload[2] & 15
    at = 8 if kind == 0xF else 4
    body = frame.payload[at + 4:]
    return json.loads(gzip.decompress(body) if packed == 1 else body)


PCM_100MS = b"\x00\x10" * 1600
