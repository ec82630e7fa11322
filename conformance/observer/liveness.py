"""Silence, delays and half-open connections."""

import time

from observer import ENDPOINTS, RECOGNITION, SYNTHESIS, check, is_audio
from support import drain, fired, is_result, listen, marker, speak_to, whole


def opened(mock, endpoint, scenario):
    """A session whose clock runs: a client has its 101 a moment before."""
    peer = mock.open(endpoint, scenario)
    peer.send(9)
    assert peer.frame().opcode == 10
    return peer


def audio_count(endpoint, frames):
    return sum(is_audio(endpoint, frame) for frame in frames)


@check
def half_open_reads_nothing_writes_nothing_and_stays(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "half-open:at=audio/2", ask=True)
        if endpoint.synthesis:
            frames = drain(peer, first=5.0)
            assert audio_count(endpoint, frames) == 1, (endpoint.name, frames)
        else:
            speak_to(peer, 2)
            drain(peer)
        peer.send(9, b"anybody?")
        peer.send_close()
        assert peer.is_silent(), (endpoint.name, peer.end)
        # The mock reads nothing: its window and our buffer fill, and a write can go no further.
        peer.sock.setblocking(False)
        stuffed = 0
        try:
            while stuffed < 64 << 20:
                stuffed += peer.sock.send(b"\0" * (1 << 16))
        except BlockingIOError:
            pass
        assert stuffed < 64 << 20, "somebody reads"
        assert peer.is_established()
        peer.sock.setblocking(True)
        assert fired(mock, "half-open"), endpoint.name
        peer.close()


@check
def half_open_lets_the_socket_go_when_the_client_is_gone(mock):
    for n, endpoint in enumerate(ENDPOINTS.values(), 1):
        peer = mock.open(endpoint, "half-open:at=open")
        assert peer.is_silent(0.1)
        assert mock.sessions()[-1]["state"] == "open"
        peer.close()
        closed = mock.wait_closed(n)["sessions"][-1]
        assert closed["close"] == {"code": 1006, "reason": "", "by": "client"}, closed
        assert fired(mock, "half-open")


@check(serve=["--journal", "off"])
def half_open_does_not_keep_the_server_from_stopping(mock):
    peers = [mock.open(endpoint, "half-open:at=open") for endpoint in ENDPOINTS.values()]
    began = time.monotonic()
    mock.process.terminate()
    assert mock.process.wait(10) == 0
    assert time.monotonic() - began < 2.0
    assert all(peer.ending() for peer in peers)


@check
def stall_midstream_says_nothing_more_but_answers_pings(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "stall-midstream", ask=True)
        if endpoint.synthesis:
            assert audio_count(endpoint, drain(peer, first=5.0)) == 2, endpoint.name
        else:
            speak_to(peer, 12)
            frames = drain(peer)
            assert not any(is_result(endpoint, f) for f in frames), endpoint.name
        for n in range(3):
            peer.send(9, b"%d" % n)
            pong = peer.frame()
            assert (pong.opcode, pong.payload) == (10, b"%d" % n), (endpoint.name, pong)
        assert peer.is_silent(0.2)
        assert fired(mock, "stall-midstream"), endpoint.name
        peer.send_close(1000)
        assert peer.frame().close()[0] == 1000 and peer.ending() == "FIN"


@check(serve=["--clock", "manual"])
def silent_but_pinging_sends_pings_alone_then_everything(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "silent-but-pinging:ms=5000,every_ms=1000", ask=True)
        listen(endpoint, peer)
        said = drain(peer, 0.5, first=5.0)
        if said[-1].opcode != 9:
            said += drain(peer, 0.5, first=5.0)
        assert said[-1].opcode == 9, (endpoint.name, said)
        assert not any(is_audio(endpoint, f) or is_result(endpoint, f) for f in said)
        for _ in range(4):
            mock.admin("clock", "POST", {"advance_ms": 1000})
            pings = drain(peer, 0.05)
            assert [f.opcode for f in pings] == [9], (endpoint.name, pings)
        mock.admin("clock", "POST", {"advance_ms": 999})
        assert drain(peer, 0.05) == []
        mock.admin("clock", "POST", {"advance_ms": 1})
        said = whole(endpoint, peer)
        assert any(is_audio(endpoint, f) or is_result(endpoint, f) for f in said), endpoint.name
        assert marker(endpoint, said), endpoint.name
        assert fired(mock, "silent-but-pinging"), endpoint.name
        peer.close()


@check
def no_pong_answers_no_ping_while_data_flows(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "no-pong")
        peer.send(9, b"one")
        for opcode, payload in endpoint.first():
            peer.send(opcode, payload)
        peer.send(9, b"two")
        listen(endpoint, peer)
        frames = whole(endpoint, peer)
        assert marker(endpoint, frames), endpoint.name
        assert all(frame.opcode != 10 for frame in frames), endpoint.name
        assert fired(mock, "no-pong"), endpoint.name
        peer.close()


@check(serve=["--clock", "manual"])
def late_pong_comes_after_its_delay_and_data_in_time(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "late-pong:ms=1500")
        peer.send(9, b"first")
        assert drain(peer, 0.05) == []
        mock.admin("clock", "POST", {"advance_ms": 500})
        peer.send(9, b"second")
        for opcode, payload in endpoint.first():
            peer.send(opcode, payload)
        listen(endpoint, peer)
        frames = drain(peer, first=5.0)
        assert frames and all(f.opcode != 10 for f in frames), endpoint.name
        if endpoint.name == "ibm/tts":
            # The vendor closes when it has spoken; a pong behind its close frame would be wrong.
            mock.admin("clock", "POST", {"advance_ms": 5000})
            assert drain(peer, 0.05) == []
        else:
            for wait, expected in ((999, []), (1, [b"first"]), (499, []), (1, [b"second"])):
                mock.admin("clock", "POST", {"advance_ms": wait})
                pongs = [f.payload for f in drain(peer, 0.05) if f.opcode == 10]
                assert pongs == expected, (endpoint.name, wait, pongs)
        assert fired(mock, "late-pong"), endpoint.name
        peer.close()


@check(serve=["--clock", "manual"])
def slow_trickle_pauses_before_every_audio_and_result(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "slow-trickle:gap_ms=2000", ask=True)
        listen(endpoint, peer)
        said = drain(peer)
        assert not any(is_audio(endpoint, f) or is_result(endpoint, f) for f in said)
        for n in range(4 if endpoint.synthesis else 1):
            mock.admin("clock", "POST", {"advance_ms": 1999})
            assert not any(is_audio(endpoint, f) or is_result(endpoint, f) for f in drain(peer, 0.05))
            mock.admin("clock", "POST", {"advance_ms": 1})
            due = [f for f in drain(peer, 0.05) if is_audio(endpoint, f) or is_result(endpoint, f)]
            assert len(due) == 1, (endpoint.name, n, due)
        assert fired(mock, "slow-trickle"), endpoint.name
        peer.close()


@check(serve=["--clock", "manual"])
def slow_first_byte_delays_the_first_alone(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "slow-first-byte:ms=800", ask=True)
        listen(endpoint, peer)
        said = drain(peer)
        mock.admin("clock", "POST", {"advance_ms": 799})
        said += drain(peer, 0.05)
        assert not any(is_audio(endpoint, f) or is_result(endpoint, f) for f in said), endpoint.name
        mock.admin("clock", "POST", {"advance_ms": 1})
        assert marker(endpoint, whole(endpoint, peer)), endpoint.name
        assert fired(mock, "slow-first-byte"), endpoint.name
        peer.close()


@check
def slow_first_byte_takes_real_time(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "slow-first-byte:ms=300", ask=True)
        began = time.monotonic()
        while not is_audio(endpoint, peer.frame()):
            pass
        assert 0.29 < time.monotonic() - began < 2.0, endpoint.name
        peer.close()


@check
def drop_while_sending_resets_the_uplink(mock):
    for endpoint in ENDPOINTS.values():
        for at in ("", ":at=audio/3") if not endpoint.synthesis else ("", ":at=request"):
            peer = mock.open(endpoint, "drop-while-sending" + at, ask=endpoint.synthesis)
            if not endpoint.synthesis:
                for opcode, payload in endpoint.first():
                    peer.send(opcode, payload)
                assert b"START" in peer.frame().payload
                if at:
                    speak_to(peer, 2)
                    drain(peer, 0.1)
                    assert peer.end is None
                speak_to(peer, 1)
            assert peer.ending() == "RST", (endpoint.name, peer.end)
            assert not any(is_audio(endpoint, f) for f in peer.frames(0.1))
            assert fired(mock, "drop-while-sending"), endpoint.name


@check
def drop_after_request_accepts_and_is_gone(mock):
    for endpoint in ENDPOINTS.values():
        for how, end in (("fin", "FIN"), ("rst", "RST")):
            peer = mock.open(endpoint, f"drop-after-request:how={how}", ask=True)
            frames = peer.frames()
            assert peer.end == end, (endpoint.name, peer.end)
            assert audio_count(endpoint, frames) == 0, (endpoint.name, frames)
            assert len(frames) == 1 and frames[0].opcode != 8, (endpoint.name, frames)
            assert fired(mock, "drop-after-request"), endpoint.name


@check
def drop_after_partial_audio_sends_its_part(mock):
    all_of_it = {}
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, ask=True)
        all_of_it[endpoint.name] = audio_count(endpoint, whole(endpoint, peer))
        peer.close()
    for endpoint in SYNTHESIS:
        for percent, how, end in ((50, "fin", "FIN"), (30, "rst", "RST"), (0, "fin", "FIN")):
            peer = mock.open(endpoint, f"drop-after-partial-audio:at={percent}%,how={how}", ask=True)
            frames = peer.frames()
            assert peer.end == end and all(f.opcode != 8 for f in frames), (endpoint.name, peer.end)
            share = 100 * audio_count(endpoint, frames) / all_of_it[endpoint.name]
            assert percent <= share < percent + 25, (endpoint.name, percent, share)
            assert fired(mock, "drop-after-partial-audio"), endpoint.name


@check(serve=["--clock", "manual"])
def flap_ends_every_connection_at_its_age(mock):
    for endpoint in ENDPOINTS.values():
        for scenario, end in (("flap:after_ms=2000", "FIN"), ("flap:at=2000ms,how=rst", "RST")):
            peers = [opened(mock, endpoint, scenario) for _ in range(3)]
            mock.admin("clock", "POST", {"advance_ms": 1999})
            assert all(peer.is_silent(0.05) for peer in peers), endpoint.name
            mock.admin("clock", "POST", {"advance_ms": 1})
            for peer in peers:
                assert peer.ending() == end, (endpoint.name, peer.end)
                assert peer.buffer == b"", (endpoint.name, peer.buffer)
            assert fired(mock, "flap"), endpoint.name


@check(serve=["--clock", "manual"])
def flap_and_stale_reuse_stand_in_for_the_idle_rule(mock):
    for endpoint in ENDPOINTS.values():
        for name in ("flap", "stale-reuse"):
            peer = opened(mock, endpoint, f"{name}:after_ms=600000")
            mock.admin("clock", "POST", {"advance_ms": 599_999})
            assert peer.is_silent(0.05), (endpoint.name, name, peer.buffer)
            mock.admin("clock", "POST", {"advance_ms": 1})
            assert peer.ending() == "FIN" and peer.buffer == b"", (endpoint.name, name)
            assert fired(mock, name)


@check(serve=["--clock", "manual"])
def stale_reuse_ends_between_two_tasks(mock):
    for endpoint in ENDPOINTS.values():
        if endpoint.name == "ibm/tts":
            continue                      # one request a connection, and the vendor closes: only the wait before it is idle
        peer = opened(mock, endpoint, "stale-reuse:after_ms=3000")
        mock.admin("clock", "POST", {"advance_ms": 2000})
        for opcode, payload in endpoint.first():
            peer.send(opcode, payload)
        listen(endpoint, peer)
        assert marker(endpoint, whole(endpoint, peer)), endpoint.name
        mock.admin("clock", "POST", {"advance_ms": 2999})
        assert peer.is_silent(0.1), endpoint.name
        mock.admin("clock", "POST", {"advance_ms": 1})
        assert peer.ending() == "FIN" and peer.buffer == b"", (endpoint.name, peer.end, peer.buffer)
        assert fired(mock, "stale-reuse"), endpoint.name


@check
def faults_count_their_times_and_hand_over(mock):
    for endpoint in RECOGNITION[:1] + SYNTHESIS[:1]:
        mock = mock.in_lane()
        scenario = "drop-after-request:times=1,then=stall-midstream"
        first = mock.open(endpoint, scenario, ask=True)
        assert first.ending() == "FIN"
        second = mock.open(endpoint, scenario, ask=True)
        speak_to(second, 4) if not endpoint.synthesis else None
        assert drain(second) and second.is_silent(0.1)
        assert fired(mock, "stall-midstream")
        second.close()


@check
def faults_that_never_fire_are_told(mock):
    peer = mock.open(SYNTHESIS[0], "half-open:at=audio/5000+no-pong", ask=True)
    drain(peer)
    peer.send_close()
    peer.ending()
    mock.wait_closed()
    told = mock.sessions()[-1]["faults"]
    assert [fault["fired"] for fault in told] == [False, False], told
    reasons = mock.verify()["reasons"]
    assert any("half-open" in reason for reason in reasons) and any("no-pong" in reason for reason in reasons), reasons
