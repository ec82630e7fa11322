"""What is said, and in which order."""

import json
import struct

from dialogue import (IBM, RTTS, TIMED, TTS_V1, VOLC, ask, audio_frames, converse, fired, is_end, is_error, is_result,
                      is_start, speech, value)
from observer import ENDPOINTS, RECOGNITION, SYNTHESIS, check, is_audio

ALL = list(ENDPOINTS.values())
RASR = RECOGNITION


def lanes(mock, endpoints=ALL):
    """Each endpoint with a lane of its own."""
    for endpoint in endpoints:
        yield mock.in_lane(), endpoint


@check
def vendor_error_is_in_the_vendors_words(mock):
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "vendor-error", until=is_error)
        assert is_error(endpoint, frames[-1]), (endpoint.name, frames)
        assert not audio_frames(endpoint, frames), endpoint.name
        assert fired(mock, "vendor-error"), endpoint.name
        peer.close()


@check
def vendor_error_takes_a_code(mock):
    for code, endpoint, found in [
        ("SIS.0413", RTTS, lambda v: v["error_code"] == "SIS.0413"),
        ("SIS.0306", RASR[0], lambda v: v["error_code"] == "SIS.0306"),
        ("3003", TTS_V1, lambda v: v["code"] == 3003),
    ]:
        mock = mock.in_lane()
        peer, frames = converse(mock, endpoint, f"vendor-error:code={code},at=first-byte", until=is_error)
        assert found(value(endpoint, frames[-1])), frames[-1].payload
        peer.close()


@check
def error_after_audio_ends_what_is_said(mock):
    for at, wanted in ((None, 1), ("audio/3", 2)):
        for lane, endpoint in lanes(mock):
            scenario = "error-after-audio" + (f":at={at}" if at else "")
            peer, frames = converse(lane, endpoint, scenario, until=is_error)
            assert is_error(endpoint, frames[-1]), (endpoint.name, at, frames[-3:])
            rest = peer.frames(0.3)
            if endpoint.synthesis:
                assert len(audio_frames(endpoint, frames)) == wanted, (endpoint.name, at)
                assert not audio_frames(endpoint, rest), (endpoint.name, rest)
            assert fired(lane, "error-after-audio"), endpoint.name
            peer.close()


@check
def error_after_audio_needs_one_message_only(mock):
    """Also where all audio comes in the last frame."""
    request = json.loads(TTS_V1.first()[0][1][8:])
    request["request"]["operation"] = "query"
    body = json.dumps(request).encode()
    peer = mock.open(TTS_V1, "error-after-audio")
    peer.send(2, bytes([0x11, 0x10, 0x10, 0]) + struct.pack(">I", len(body)) + body)
    frames = peer.frames(0.5, until=lambda f: is_error(TTS_V1, f))
    assert [f.payload[1] for f in frames] == [0xB1, 0xF0], [f.payload[:4] for f in frames]
    assert fired(mock, "error-after-audio")


@check
def error_frame_untyped_is_on_no_page(mock):
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "error-frame-untyped")
        assert is_end(endpoint, frames[-1]), (endpoint.name, frames[-1])
        assert not any(is_error(endpoint, f) for f in frames), endpoint.name
        odd = [f for f in frames if b"rror" in f.payload]
        assert len(odd) == 1, (endpoint.name, odd)
        assert fired(mock, "error-frame-untyped")
        peer.close()


@check
def unknown_message_leaves_the_session(mock):
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "unknown-message")
        _, plain = converse(mock, endpoint, "none")
        assert is_end(endpoint, frames[-1]), endpoint.name
        assert len(frames) == len(plain) + 1, (endpoint.name, len(frames), len(plain))
        assert audio_frames(endpoint, frames) == audio_frames(endpoint, plain), endpoint.name
        assert fired(mock, "unknown-message", 0)
        peer.close()


@check
def extra_fields_are_added_and_nothing_else(mock):
    for mock, endpoint in lanes(mock, TIMED + RASR):
        peer, frames = converse(mock, endpoint, "extra-fields")
        known = [value(endpoint, f) for f in frames if not is_audio(endpoint, f) and f.opcode in (1, 2)]
        known = [v for v in known if isinstance(v, dict)]
        assert known, endpoint.name
        for message in known:
            assert len(message) > 3 and any(name in message for name in ("tags", "trace", "debug")), message
        assert is_end(endpoint, frames[-1])
        assert fired(mock, "extra-fields")
        peer.close()


@check
def json_is_cut_or_no_object(mock):
    for name in ("malformed-json", "non-object-json"):
        for lane, endpoint in lanes(mock):
            peer, frames = converse(lane, endpoint, name)
            if frames[-1].opcode != 8:
                frames += peer.frames(0.3)
            said = [f for f in frames if f.opcode in (1, 2) and not is_audio(endpoint, f)]
            if endpoint.name == VOLC:
                said = [f for f in said if f.payload[1] != 0xB0]
            values = [value(endpoint, f) for f in said]
            if name == "malformed-json":
                assert values.count(None) == 1, (endpoint.name, values)
            else:
                assert sum(isinstance(v, list) for v in values) == 1, (endpoint.name, values)
            assert fired(lane, name), endpoint.name
            peer.close()


@check
def malformed_json_meets_an_error(mock):
    """Two faults at one moment: the vendor's error is what is cut."""
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "malformed-json:at=first-byte+vendor-error:at=first-byte", until=None, timeout=0.4)
        assert fired(mock, "malformed-json") and fired(mock, "vendor-error"), endpoint.name
        if endpoint.name == VOLC:
            cut = [f for f in frames if is_error(endpoint, f)]
        else:
            cut = [f for f in frames if f.opcode == 1 and not is_start(endpoint, f) and b"rror" in f.payload.lower()]
        assert cut and value(endpoint, cut[0]) is None, (endpoint.name, cut)
        peer.close()


@check
def done_without_audio_has_everything_else(mock):
    for mock, endpoint in lanes(mock, TIMED):
        peer, frames = converse(mock, endpoint, "done-without-audio")
        assert is_end(endpoint, frames[-1]), (endpoint.name, frames[-1])
        assert not [f for f in audio_frames(endpoint, frames)], endpoint.name
        assert any(is_result(endpoint, f) for f in frames), endpoint.name
        assert any(is_start(endpoint, f) for f in frames), endpoint.name
        if endpoint.name == VOLC:
            assert frames[-1].payload[8:12] == b"\0\0\0\0", frames[-1].payload[:12]
        assert fired(mock, "done-without-audio")
        peer.close()


@check(serve=["--pace", "realtime"])
def audio_goes_on_after_the_clients_close(mock):
    for mock, endpoint in lanes(mock, SYNTHESIS):
        peer = mock.open(endpoint, "audio-after-cancel:ms=400", ask=True)
        peer.frames(until=lambda f: is_audio(endpoint, f))
        peer.send_close(1000)
        frames = peer.frames()
        assert audio_frames(endpoint, frames), endpoint.name
        assert frames[-1].close()[0] == 1000, frames[-1]
        assert peer.ending() == "FIN"
        session = mock.sessions()[-1]
        assert session["close"]["by"] == "client", session["close"]
        assert fired(mock, "audio-after-cancel")
        said = mock.admin(f"sessions/{session['id']}")["messages"]
        closed = [m["ms"] for m in said if m["kind"] == "close" and m["dir"] == "client"][0]
        late = [m["ms"] for m in said if m["dir"] == "server" and m["ms"] > closed + 50 and m["kind"] == "binary"]
        assert late, (endpoint.name, closed, said[-3:])


@check
def audio_goes_on_when_all_is_said(mock):
    for endpoint in (RTTS, TTS_V1):
        mock = mock.in_lane()
        peer, _ = converse(mock, endpoint, "audio-after-cancel:ms=200")
        peer.send_close(1000)
        frames = peer.frames()
        assert len(audio_frames(endpoint, frames)) >= 2, (endpoint.name, frames)
        assert frames[-1].close()[0] == 1000
        assert fired(mock, "audio-after-cancel")


@check
def results_go_on_after_a_cancel(mock):
    for mock, endpoint in lanes(mock, RASR):
        mock.admin(f"lanes/{mock.lane}", "PUT", {"transcripts": ["one two three four"]})
        peer = mock.open(endpoint, "audio-after-cancel:ms=200", ask=True)
        audio = speech(mock)
        for at in range(0, len(audio), 6400):
            peer.send(2, audio[at:at + 6400])
        peer.frames(until=lambda f: is_result(endpoint, f))
        peer.send(1, b'{"command":"END","cancel":"true"}')
        peer.frames(until=lambda f: is_end(endpoint, f))
        late = peer.frames(0.3)
        assert any(is_result(endpoint, f) for f in late), (endpoint.name, late)
        assert fired(mock, "audio-after-cancel")
        peer.close()


@check
def context_limit_closes_1008(mock):
    for endpoint in (TTS_V1, RASR[0], RASR[2]):
        mock = mock.in_lane()
        peer = mock.open(endpoint, "context-limit:n=2")
        for _ in range(2):
            ask(mock, peer, endpoint)
            frames = peer.frames(until=lambda f: is_end(endpoint, f))
            assert is_end(endpoint, frames[-1]), (endpoint.name, frames[-1])
        ask(mock, peer, endpoint)
        frames = peer.frames()
        assert [f.opcode for f in frames] == [8] and frames[0].close()[0] == 1008, (endpoint.name, frames)
        assert fired(mock, "context-limit")
        peer.close()


@check
def context_limit_is_for_those_that_take_several(mock):
    for endpoint in (RTTS, IBM):
        peer = mock.dial(endpoint, "context-limit")
        assert peer.read_answer() == 400
        assert b"does not apply" in peer.body()


@check
def stale_timestamps_run_backwards(mock):
    for mock, endpoint in lanes(mock, TIMED + RASR):
        peer, frames = converse(mock, endpoint, "stale-timestamps")
        results = [f.payload for f in frames if is_result(endpoint, f)]
        assert len(results) >= 2 and results.count(results[0]) == 2, (endpoint.name, len(results))
        assert fired(mock, "stale-timestamps"), endpoint.name
        peer.close()


@check
def many_finals_share_the_words(mock):
    for mock, endpoint in lanes(mock, RASR):
        peer, frames = converse(mock, endpoint, "many-finals")
        found = [value(endpoint, f)["segments"][0] for f in frames if is_result(endpoint, f)]
        finals = [segment for segment in found if segment["is_final"]]
        assert len(finals) >= 2, (endpoint.name, found)
        assert finals[0]["end_time"] <= finals[1]["start_time"], finals
        text = "".join(segment["result"]["text"].strip() for segment in finals[:2])
        assert text.replace(" ", "") == "onetwothreefour", finals
        assert fired(mock, "many-finals")
        peer.close()


@check
def resume_midturn_skips_the_start_on_its_connection(mock):
    for mock, endpoint in lanes(mock):
        for n, wanted in ((1, True), (2, False), (3, True)):
            peer, frames = converse(mock, endpoint, "resume-midturn")
            assert is_end(endpoint, frames[-1]), endpoint.name
            assert any(is_start(endpoint, f) for f in frames) == wanted, (endpoint.name, n)
            peer.close()
        assert fired(mock, "resume-midturn", 1)


@check
def quota_inband_is_said_and_closed(mock):
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "quota-inband", until=None, timeout=1.0)
        assert any(is_error(endpoint, f) for f in frames), (endpoint.name, frames)
        assert frames[-1].opcode == 8 or peer.end, (endpoint.name, frames[-1])
        assert not audio_frames(endpoint, frames), endpoint.name
        assert fired(mock, "quota-inband")
        peer.close()


@check
def reply_for_other_id_comes_before_the_true_one(mock):
    for mock, endpoint in lanes(mock, [RTTS, TTS_V1, *RASR, TIMED[0], TIMED[2]]):
        peer, frames = converse(mock, endpoint, "reply-for-other-id", until=None, timeout=0.5)
        values = [value(endpoint, f) for f in frames if not is_audio(endpoint, f)]
        values = [v for v in values if isinstance(v, dict)]
        member = "reqid" if endpoint.name == VOLC else "trace_id"
        ids = [v[member] for v in values if member in v]
        if endpoint.name == VOLC:
            assert any(ids), (endpoint.name, values)
        else:
            assert len(set(ids)) == 2 and sum(i != ids[0] for i in ids) == 1, (endpoint.name, ids)
        assert any(is_end(endpoint, f) for f in frames), endpoint.name
        assert fired(mock, "reply-for-other-id"), endpoint.name
        peer.close()


@check
def end_doubled_is_twice_the_same(mock):
    for at in ("", ":at=open"):
        for lane, endpoint in lanes(mock):
            peer, frames = converse(lane, endpoint, "end-doubled" + at)
            again = peer.frame(1.0)
            assert again and again.raw == frames[-1].raw, (endpoint.name, at, again)
            assert fired(lane, "end-doubled")
            if endpoint.name == IBM.name:
                peer.send_close(1000)
                assert peer.ending() == "FIN"
            else:
                assert peer.is_silent(0.1)
            peer.close()


@check
def audio_comes_after_the_end(mock):
    for at in ("", ":at=open"):
        for lane, endpoint in lanes(mock):
            peer, frames = converse(lane, endpoint, "audio-after-end" + at)
            late = peer.frame(1.0)
            assert late, (endpoint.name, at)
            if endpoint.synthesis:
                assert is_audio(endpoint, late), (endpoint.name, late)
                assert not is_end(endpoint, late), endpoint.name
            else:
                assert is_result(endpoint, late), (endpoint.name, late)
            assert fired(lane, "audio-after-end")
            peer.close()
