"""How a connection ends."""

import json

from observer import ENDPOINTS, PCM_100MS, RECOGNITION, SYNTHESIS, audio_of, check, is_audio

ALL = list(ENDPOINTS.values())
END = json.dumps({"command": "END", "cancel": "false"}).encode()


def begun(mock, endpoint, scenario, audio=3, end=False):
    """A session in which something is going on; a recognition has heard so many messages of audio."""
    peer = mock.open(endpoint, scenario, ask=True)
    if not endpoint.synthesis:
        for _ in range(audio):
            peer.send(2, PCM_100MS)
        if end:
            peer.send(1, END)
    return peer


def fired(mock, n=1):
    mock.wait_closed(n)
    session = mock.sessions()[-1]
    assert session["faults"] and all(f["fired"] for f in session["faults"]), session
    return session


def closes(mock, endpoint, scenario, code, reason, n, **more):
    """A close frame with just this, nothing behind it, the close handshake, FIN, and the journal."""
    peer = begun(mock, endpoint, scenario, **more)
    frames = peer.frames()
    shut = frames[-1]
    assert shut.opcode == 8 and shut.close() == (code, reason), (endpoint.name, scenario, shut.raw[:60])
    assert peer.buffer == b"" and peer.is_silent(0.03), (endpoint.name, scenario, len(peer.buffer))
    peer.send(8, shut.payload[:2])
    assert peer.ending() == "FIN", (endpoint.name, peer.end)
    peer.close()
    session = fired(mock, n)
    assert session["close"]["code"] == code and session["close"]["by"] == "server", session
    return frames


@check
def close_code_stands_alone_before_the_third_audio(mock):
    for n, endpoint in enumerate(SYNTHESIS, 1):
        frames = closes(mock, endpoint, "close-1011:at=audio/3", 1011, b"", n)
        assert sum(is_audio(endpoint, f) for f in frames) == 2, endpoint.name


@check
def close_code_after_the_second_audio_heard(mock):
    for n, endpoint in enumerate(RECOGNITION, 1):
        closes(mock, endpoint, "close-4001:reason=why", 4001, b"why", n, audio=2)


@check
def every_code_and_the_forbidden_one(mock):
    n = 0
    for endpoint in ALL:
        for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 4999):
            n += 1
            closes(mock, endpoint, f"close-{code}:at=request", code, b"", n)


@check
def reasons_fill_a_control_frame_and_no_more(mock):
    for n, endpoint in enumerate(ALL, 1):
        closes(mock, endpoint, f"close-1008:at=request,reason={'x' * 123}", 1008, b"x" * 123, n)
    for scenario in (f"close-1008:reason={'x' * 124}", "close-999", "close-5000", "close-1005:reason=x", "close-01011"):
        peer = mock.dial(ALL[0], scenario)
        assert peer.read_answer() == 400, scenario
        assert peer.headers["content-type"] == "application/problem+json", peer.headers
        peer.close()


@check
def restart_and_overload(mock):
    n = 0
    for endpoint in ALL:
        for scenario, code in (("close-1012", 1012), ("close-1013", 1013)):
            n += 1
            frames = closes(mock, endpoint, scenario, code, b"", n)
            assert code == 1012 or len(frames) == 1, (endpoint.name, len(frames))


@check
def no_status_is_an_empty_close_frame(mock):
    n = 0
    for endpoint in ALL:
        for name in ("close-no-status", "close-1005"):
            n += 1
            frames = closes(mock, endpoint, name, 1005, b"", n)
            assert frames[-1].raw == b"\x88\x00", frames[-1].raw


@check
def normal_close_in_the_middle(mock):
    for n, endpoint in enumerate(ALL, 1):
        frames = closes(mock, endpoint, "close-1000-early", 1000, b"", n)
        if endpoint.synthesis:
            assert sum(is_audio(endpoint, f) for f in frames) == 1, endpoint.name
    for n, endpoint in enumerate(SYNTHESIS, len(ALL) + 1):
        frames = closes(mock, endpoint, "close-1000-early:at=50%", 1000, b"", n)
        assert len(audio_of(endpoint, frames)) > 10_000, endpoint.name


@check
def code_says_yes_and_reason_says_no(mock):
    n = 0
    for endpoint in ALL:
        for extra, reason in (("", b"unexpected error"), (":at=open,reason=no_such_session", b"no_such_session")):
            n += 1
            closes(mock, endpoint, f"close-1000-with-error-reason{extra}", 1000, reason, n, end=True)


@check
def throttled_when_the_turn_has_begun(mock):
    n = 0
    for endpoint in ALL:
        for extra, code in (("", 4429), (":code=1007", 1007)):
            n += 1
            frames = closes(mock, endpoint, f"close-throttled{extra}", code, b"too many requests", n, end=True)
            assert not audio_of(endpoint, frames), endpoint.name


@check
def a_reason_that_is_no_utf8(mock):
    n = 0
    for endpoint in ALL:
        n += 1
        peer = begun(mock, endpoint, "close-reason-bad-utf8")
        code, reason = peer.frames()[-1].close()
        assert code == 1011 and not is_utf8(reason), reason
        peer.send_close(1011)
        assert peer.ending() == "FIN"
        peer.close()
        fired(mock, n)
        n += 1
        peer = begun(mock, endpoint, "close-reason-bad-utf8:in=text")
        frames = peer.frames(0.5, until=lambda f: f.opcode == 1 and not is_utf8(f.payload))
        assert frames[-1].opcode == 1 and not is_utf8(frames[-1].payload), frames[-1]
        if endpoint.synthesis:
            assert peer.frames(0.5, until=lambda f: is_audio(endpoint, f)), "the session goes on"
        peer.close()
        fired(mock, n)


def is_utf8(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


@check
def closed_before_the_final(mock):
    n = 0
    for endpoint in ALL:
        for extra, code in (("", 1000), (":code=1011,reason=gone", 1011)):
            n += 1
            frames = closes(mock, endpoint, f"close-before-final{extra}", code, b"gone" if extra else b"", n, audio=30, end=True)
            if endpoint.synthesis:
                assert audio_of(endpoint, frames), endpoint.name
            else:
                texts = [json.loads(f.payload) for f in frames if f.opcode == 1]
                assert all(t["resp_type"] != "END" for t in texts), texts
                finals = [s for t in texts for s in t.get("segments", []) if s["is_final"]]
                assert not finals, finals


@check
def tcp_ends_without_a_close_frame(mock):
    n = 0
    for endpoint in ALL:
        for name in ("abrupt-1006", "close-1006"):
            for how, end in (("fin", "FIN"), ("rst", "RST")):
                for at in ("audio/2", "request", "open"):
                    n += 1
                    peer = begun(mock, endpoint, f"{name}:how={how},at={at}", audio=2)
                    assert peer.ending() == end, (endpoint.name, how, at, peer.end)
                    frames = peer.frames(0.1)
                    assert all(f.opcode != 8 for f in frames) and peer.buffer == b"", frames
                    peer.close()
                    session = fired(mock, n)
                    assert session["close"] == {"code": 1006, "reason": "", "by": "server"}, session


@check(serve=["--tls"])
def tcp_ends_the_same_way_under_tls(mock):
    import socket
    import ssl
    from observer import PATIENCE_S, Peer
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for n, (how, at) in enumerate([(h, a) for h in ("fin", "rst") for a in ("open", "handshake")], 1):
        inside, outside = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(inside, outside, server_hostname="localhost")
        peer = Peer(socket.create_connection((mock.host, mock.port), PATIENCE_S))

        def pump():
            peer.write(outside.read())
            assert peer.pull()
            inside.write(peer.buffer)
            peer.buffer = b""

        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                pump()
        endpoint = ALL[0]
        head = "".join(f"{k}: {v}\r\n" for k, v in endpoint.headers.items())
        tls.write((f"GET /~scenario=abrupt-1006:how={how},at={at}{endpoint.path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                   f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{head}\r\n").encode())
        peer.write(outside.read())
        assert peer.ending() == {"fin": "FIN", "rst": "RST"}[how], (how, at, peer.end)
        if how == "fin":
            inside.write(peer.buffer)
            said = b""
            try:
                while True:
                    piece = tls.read(1 << 16)
                    said += piece
                    if not piece:
                        break
            except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
                pass
            assert said.startswith(b"HTTP/1.1 101") == (at == "open"), said
        peer.close()
        session = fired(mock, n)
        assert session["close"]["code"] == 1006 and session["status"] == (101 if at == "open" else None), session


@check
def a_close_frame_stays_unanswered(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.open(endpoint, "close-unanswered")
        peer.send_close(1000, b"bye")
        assert peer.is_silent(0.2), (endpoint.name, peer.buffer, peer.end)
        peer.close()
        session = fired(mock, n)
        assert session["close"] == {"code": 1000, "reason": "bye", "by": "client"}, session


@check
def a_final_that_never_comes(mock):
    for n, endpoint in enumerate(ALL, 1):
        plain = begun(mock, endpoint, "none", audio=20, end=True)
        expected = plain.frames(0.6)
        plain.close()
        peer = begun(mock, endpoint, "final-never", audio=20, end=True)
        frames = peer.frames(0.6)
        assert peer.end is None and peer.is_established(), endpoint.name
        assert all(f.opcode != 8 for f in frames), endpoint.name
        if endpoint.synthesis:
            assert audio_of(endpoint, frames) == audio_of(endpoint, expected), endpoint.name
        else:
            kinds = [json.loads(f.payload)["resp_type"] for f in frames if f.opcode == 1]
            wanted = [json.loads(f.payload)["resp_type"] for f in expected if f.opcode == 1]
            assert wanted[-1] == "END" and kinds == wanted[:-1], (kinds, wanted)
        if endpoint.name.startswith("volc"):
            assert all(int.from_bytes(f.payload[4:8], "big", signed=True) >= 0 for f in frames if is_audio(endpoint, f))
        peer.send(9, b"x")
        assert peer.frame().opcode == 10
        peer.send_close(1000)
        assert peer.frame().close()[0] == 1000 and peer.ending() == "FIN"
        peer.close()
        fired(mock, 2 * n)



def advance(mock, ms):
    mock.admin("clock", "POST", {"advance_ms": ms})


def settle(peer):
    """Everything that was sent before has been read."""
    peer.send(9, b"settled")
    return peer.frames(until=lambda f: f.opcode == 10)


@check(serve=["--clock", "manual"])
def idle_limits_count_from_the_last_message(mock):
    n = 0
    for endpoint in ALL:
        for scenario, code, after in (("idle-close", 1011, 10_000), ("idle-close-routine", 1001, 180_000),
                                      ("idle-close:after_ms=700", 1011, 700), ("idle-close:at=700ms", 1011, 700)):
            n += 1
            peer = mock.open(endpoint, scenario)
            advance(mock, after - 300)
            for opcode, payload in endpoint.first("hello"):
                peer.send(opcode, payload)
            while not peer.pull(0.3):
                pass
            peer.frames(0.3)
            if peer.end or endpoint.name == "ibm/tts":
                # It ends with its answer, before it can be idle.
                peer.close()
                mock.wait_closed(n)
                continue
            advance(mock, after - 1)
            assert all(f.opcode != 8 for f in settle(peer)), (endpoint.name, scenario)
            advance(mock, 1)
            shut = peer.frames()[-1]
            assert shut.opcode == 8 and shut.close()[0] == code, (endpoint.name, scenario, shut)
            assert bool(shut.close()[1]) == (code == 1011), shut
            peer.send_close(code)
            assert peer.ending() == "FIN"
            peer.close()
            fired(mock, n)


@check(serve=["--clock", "manual"])
def idle_from_the_start(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.open(endpoint, "idle-close:after_ms=60000")
        settle(peer)
        advance(mock, 59_999)
        assert [f.opcode for f in settle(peer)] == [10], endpoint.name
        advance(mock, 1)
        assert peer.frame().close()[0] == 1011
        peer.close()
        fired(mock, n)


@check(serve=["--clock", "manual"])
def idle_error_then_close(mock):
    n = 0
    for endpoint in ALL:
        for extra, code in (("", 1011), (":after_ms=5000,code=1008", 1008)):
            n += 1
            peer = mock.open(endpoint, f"idle-error-then-close{extra}")
            settle(peer)
            advance(mock, 10_000)
            error, shut = peer.frames()
            assert is_error(endpoint, error), (endpoint.name, error)
            assert shut.close()[0] == code, (endpoint.name, shut)
            peer.send_close(code)
            assert peer.ending() == "FIN"
            peer.close()
            fired(mock, n)


@check(serve=["--clock", "manual"])
def a_stream_dies_and_its_socket_does_not(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.open(endpoint, "stream-idle-408:after_ms=3000")
        settle(peer)
        advance(mock, 3000)
        assert is_error(endpoint, peer.frame()), endpoint.name
        advance(mock, 100_000)
        assert [f.opcode for f in settle(peer)] == [10], endpoint.name
        assert peer.is_silent(0.05)
        peer.send_close(1000)
        assert peer.frame().close()[0] == 1000 and peer.ending() == "FIN"
        peer.close()
        fired(mock, n)


@check(serve=["--clock", "manual"])
def a_session_that_lasts_too_long(mock):
    n = 0
    for endpoint in ALL:
        for extra, after in ((":after_ms=2500", 2500), (":at=40000ms", 40_000), ("", 900_000)):
            n += 1
            peer = mock.open(endpoint, f"session-expired{extra}")
            settle(peer)
            advance(mock, after - 1)
            assert [f.opcode for f in settle(peer)] == [10], (endpoint.name, extra)
            advance(mock, 1)
            error, shut = peer.frames()
            assert is_error(endpoint, error) and shut.close()[0] == 1001, (endpoint.name, error, shut)
            peer.send_close(1001)
            assert peer.ending() == "FIN"
            peer.close()
            fired(mock, n)


def is_error(endpoint, frame):
    if endpoint.name.startswith("volc"):
        return frame.opcode == 2 and frame.payload[1] >> 4 == 0xF
    body = json.loads(frame.payload)
    return frame.opcode == 1 and ("error" in body or body["resp_type"] in ("ERROR", "FATAL_ERROR"))


@check
def rotated_and_then_refused(mock):
    n = 0
    for endpoint in ALL:
        mock.admin(f"lanes/{mock.lane}", "DELETE")
        scenario = "connection-rotated:after_ms=50,times=2,conn=1..3"
        for n, wanted in enumerate(("close", 401, "close", 401, "open"), 1):
            peer = mock.dial(endpoint, scenario)
            status = peer.read_answer()
            if wanted == 401:
                assert status == 401 and peer.body(), (endpoint.name, n, status)
                assert fired(mock, n)["status"] == 401
            elif wanted == "close":
                assert status == 101 and peer.frame().close() == (1000, b""), (endpoint.name, n)
                peer.send_close(1000)
                assert peer.ending() == "FIN"

                peer.close()
                fired(mock, n)
            else:
                assert status == 101 and peer.is_silent(0.15), (endpoint.name, n)
                peer.close()
                mock.wait_closed(n)
            peer.close()
        assert not [r for r in mock.verify()["reasons"] if "never fired" in r], mock.verify()
