"""What the mock's main faults look like to websocket-client and to websockets."""

import asyncio
import json
import uuid

import websocket
import websockets

from checks import TOKEN, URL, Checks, Failed

checks = Checks()
START = json.dumps({"command": "START", "text": "one two three four five six seven eight", "config": {
    "audio_format": "pcm", "property": "chinese_xiaoyan_common", "sample_rate": "16000"}})
PATIENCE_S = 1.0


def address(scenario):
    return f"{URL}/~lane={uuid.uuid4()};scenario={scenario}/v1/project/rtts"


class Seen:
    """What a client got before the end, and how its library put the end."""

    def __init__(self):
        self.texts, self.chunks, self.end = [], [], None

    @property
    def kinds(self):
        return [message.get("resp_type") for message in self.texts if isinstance(message, dict)]


def with_websocket_client(scenario):
    seen = Seen()
    try:
        ws = websocket.create_connection(address(scenario), header=[f"X-Auth-Token: {TOKEN}"], timeout=PATIENCE_S)
    except websocket.WebSocketBadStatusException as error:
        seen.end = error.status_code
        return seen
    except (TimeoutError, websocket.WebSocketTimeoutException):
        seen.end = "timeout"
        return seen
    except websocket.WebSocketException as error:
        seen.end = f"handshake {type(error).__name__}"
        return seen
    try:
        ws.send(START)
        while True:
            opcode, data = ws.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                seen.end = int.from_bytes(data[:2], "big") if len(data) >= 2 else 1005
                return seen
            if opcode == websocket.ABNF.OPCODE_TEXT:
                seen.texts.append(json.loads(data))
                if "END" in seen.kinds:
                    seen.end = "END"
                    return seen
            else:
                seen.chunks.append(data)
    except websocket.WebSocketTimeoutException:
        seen.end = "timeout"
    except websocket.WebSocketConnectionClosedException:
        seen.end = 1006
    except (ConnectionResetError, BrokenPipeError):
        seen.end = 1006
    except websocket.WebSocketPayloadException:
        seen.end = 1007
    except websocket.WebSocketProtocolException:
        seen.end = 1002
    finally:
        ws.sock and ws.sock.close()
    return seen


def with_websockets(scenario):
    return asyncio.run(_with_websockets(scenario))


async def _with_websockets(scenario):
    seen = Seen()
    try:
        ws = await websockets.connect(address(scenario), additional_headers={"X-Auth-Token": TOKEN}, open_timeout=PATIENCE_S,
                                      close_timeout=PATIENCE_S, ping_interval=None, compression=None)
    except websockets.InvalidStatus as error:
        seen.end = error.response.status_code
        return seen
    except TimeoutError:
        seen.end = "timeout"
        return seen
    except websockets.WebSocketException as error:
        seen.end = f"handshake {type(error).__name__}"
        return seen
    try:
        await ws.send(START)
        while True:
            data = await asyncio.wait_for(ws.recv(), PATIENCE_S)
            if isinstance(data, bytes):
                seen.chunks.append(data)
                continue
            seen.texts.append(json.loads(data))
            if "END" in seen.kinds:
                seen.end = "END"
                return seen
    except TimeoutError:
        seen.end = "timeout"
    except websockets.ConnectionClosed as closed:
        # What this side found wrong says more than what it then received.
        seen.end = closed.sent.code if closed.sent and not closed.rcvd_then_sent else closed.rcvd.code if closed.rcvd else 1006
    finally:
        ws.transport.abort()
    return seen


LIBRARIES = {"websocket-client": with_websocket_client, "websockets": with_websockets}


def symptom(name, scenario, expected):
    """Both libraries have to show it; `expected` says what is wrong, or gives nothing."""
    for library, run in LIBRARIES.items():
        @checks.check(f"{library}-{name}")
        def _(run=run, library=library):
            seen = run(scenario)
            problem = expected(seen, library)
            if problem:
                raise Failed(f"{problem}: end {seen.end!r}, {len(seen.chunks)} chunks, {seen.kinds}")


def ends(*codes, chunks=None):
    def expected(seen, _):
        if seen.end not in codes:
            return f"expected the end {codes}"
        if chunks is not None and len(seen.chunks) != chunks:
            return f"expected {chunks} chunks"
        return None
    return expected


symptom("no-fault-ends-well", "none", lambda seen, _: None if seen.end == "END" and seen.chunks else "not whole")
symptom("half-open-is-a-timeout", "half-open:at=audio/2", ends("timeout", chunks=1))
symptom("stall-midstream-is-a-timeout", "stall-midstream:at=audio/3", ends("timeout", chunks=2))
symptom("accept-then-close-shows-its-code", "accept-then-close", ends(1008, 4403, chunks=0))
symptom("idle-close-shows-its-code", "idle-close:after_ms=50+stall-midstream:at=request",
        lambda seen, _: None if isinstance(seen.end, int) and seen.end not in (1000, 1005, 1006) else "no idle code")
symptom("error-after-audio-is-an-error-message", "error-after-audio:at=audio/3",
        lambda seen, _: None if "ERROR" in seen.kinds and len(seen.chunks) == 2 else "no error behind two chunks")
symptom("close-1000-early-looks-like-success", "close-1000-early:at=audio/3", ends(1000, chunks=2))
symptom("abrupt-fin-has-no-code", "abrupt-1006:at=audio/3", ends(1006, chunks=2))
symptom("abrupt-rst-has-no-code", "abrupt-1006:at=audio/3,how=rst", lambda seen, _: None if seen.end == 1006 else "a code")
symptom("odd-chunks-end-inside-a-sample", "odd-byte-chunks",
        lambda seen, _: None if seen.end == "END" and any(len(c) % 2 for c in seen.chunks) and sum(map(len, seen.chunks)) % 2 == 0 else "no odd chunk")
symptom("a-huge-message-meets-the-limit", "huge-frame",
        # websockets stops at 1 MiB unless told otherwise; websocket-client takes it.
        lambda seen, library: None if seen.end == (1009 if library == "websockets" else "END") else "not as the library's limit is")
symptom("handshake-429-shows-its-status", "handshake-429", ends(429))
symptom("handshake-401-shows-its-status", "handshake-401", ends(401))
symptom("handshake-stall-is-a-timeout", "handshake-stall", ends("timeout"))
symptom("a-wrong-accept-is-refused", "handshake-bad-accept",
        lambda seen, _: None if str(seen.end).startswith("handshake") else "accepted")
symptom("fragments-are-joined", "fragmented", lambda seen, _: None if seen.end == "END" and seen.chunks else "not whole")
symptom("sliced-segments-go-unnoticed", "write-slicing:gap_ms=1", lambda seen, _: None if seen.end == "END" and seen.chunks else "not whole")
symptom("a-reserved-bit-is-refused", "rsv-bit:at=audio/2", ends(1002, chunks=1))
symptom("a-reserved-opcode-is-refused", "reserved-opcode:at=audio/2", ends(1002, chunks=1))
symptom("bad-utf8-in-a-close-is-seen", "close-reason-bad-utf8:at=audio/2",
        lambda seen, library: None if seen.end in (1007, 1002, 1006) or library == "websocket-client" else "taken as good")
symptom("no-status-is-1005", "close-no-status:at=audio/2", ends(1005, chunks=1))

checks.run()
