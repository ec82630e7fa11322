"""RFC 6455 frames."""

import json

from dialogue import IBM, RTTS, TTS_V1, VOLC, ask, audio_frames, converse, fired, is_end, resp_type
from observer import RECOGNITION, SYNTHESIS, audio_of, check
from order import lanes


def joined(frames):
    """(opcode, payload) of the messages that frames make, and the pings between fragments."""
    messages, pings, open_ = [], 0, None
    for frame in frames:
        if frame.opcode == 9:
            pings += open_ is not None
        elif frame.opcode in (1, 2):
            assert open_ is None, "a message inside a message"
            open_ = [frame.opcode, frame.payload]
        elif frame.opcode == 0:
            open_[1] += frame.payload
        else:
            messages.append((frame.opcode, frame.payload))
        if open_ and frame.opcode < 3 and frame.fin:
            messages.append(tuple(open_))
            open_ = None
    assert open_ is None
    return messages, pings


@check
def huge_frame_is_one_frame_over_the_limits(mock):
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "huge-frame")
        huge = [f for f in frames if len(f.payload) > 4 << 20]
        assert len(huge) == 1 and huge[0].fin and huge[0].length_form == 64, endpoint.name
        if endpoint.name == VOLC:
            assert int.from_bytes(huge[0].payload[8:12], "big") == len(huge[0].payload) - 12
        if not endpoint.synthesis:
            assert json.loads(huge[0].payload)["resp_type"] == "RESULT"
        assert is_end(endpoint, frames[-1]), (endpoint.name, frames[-1].opcode)
        assert fired(mock, "huge-frame")
        peer.close()


@check
def huge_frame_has_the_size_that_is_asked_for(mock):
    peer, frames = converse(mock, RTTS, "huge-frame:bytes=1254313,at=audio/2")
    sizes = [len(f.payload) for f in audio_frames(RTTS, frames)]
    assert 1254313 <= sizes[1] < 1254313 + sizes[0], sizes
    peer.close()


@check
def big_last_frame_has_the_rest(mock):
    for mock, endpoint in lanes(mock, SYNTHESIS):
        peer, frames = converse(mock, endpoint, "big-last-frame")
        _, plain = converse(mock, endpoint, "none")
        sizes = [len(f.payload) for f in audio_frames(endpoint, frames)]
        assert sizes[-1] > 3 * max(sizes[:-1]), (endpoint.name, sizes)
        assert audio_of(endpoint, frames) == audio_of(endpoint, plain), endpoint.name
        assert is_end(endpoint, frames[-1])
        assert fired(mock, "big-last-frame", 0)
        peer.close()


@check
def fragments_are_cut_inside_characters_and_tokens(mock):
    for mock, endpoint in lanes(mock):
        peer, frames = converse(mock, endpoint, "fragmented", until=None, timeout=0.4, seed=7)
        _, plain = converse(mock, endpoint, "none", until=None, timeout=0.4)
        messages, pings = joined(frames)
        assert pings >= 3, (endpoint.name, pings)
        assert [m[0] for m in messages] == [f.opcode for f in plain], endpoint.name
        binary = [payload for opcode, payload in messages if opcode == 2]
        assert binary == [f.payload for f in plain if f.opcode == 2] or endpoint.name == VOLC, endpoint.name
        texts = [f for f in frames if f.opcode == 1]
        assert not any(f.fin for f in texts), endpoint.name
        assert fired(mock, "fragmented", 0)
        peer.close()


@check
def fragments_split_utf8(mock):
    mock.admin(f"lanes/{mock.lane}", "PUT", {"transcripts": ["欢迎使用语音识别服务"]})
    endpoint = RECOGNITION[0]
    peer = mock.open(endpoint, "fragmented:at=first-byte,parts=20")
    ask(mock, peer, endpoint)
    split = 0
    for frame in peer.frames(0.5):
        if frame.opcode in (0, 1):
            try:
                frame.payload.decode()
            except UnicodeDecodeError:
                split += 1
    assert split >= 2, split
    assert fired(mock, "fragmented")
    peer.close()


@check
def text_travels_as_binary(mock):
    for mock, endpoint in lanes(mock, [RTTS, IBM, *RECOGNITION]):
        peer, frames = converse(mock, endpoint, "text-as-binary")
        assert not [f for f in frames if f.opcode == 1], endpoint.name
        found = [f for f in frames if f.opcode == 2 and f.payload[:1] == b"{"]
        assert found and all(json.loads(f.payload) for f in found), endpoint.name
        assert fired(mock, "text-as-binary")
        peer.close()
    refused = mock.dial(TTS_V1, "text-as-binary")
    assert refused.read_answer() == 400


@check
def bytes_travel_as_text(mock):
    for mock, endpoint in lanes(mock, SYNTHESIS):
        peer, frames = converse(mock, endpoint, "binary-as-text", until=None, timeout=0.4)
        assert not [f for f in frames if f.opcode == 2], endpoint.name
        bad = 0
        for frame in frames:
            try:
                frame.payload.decode()
            except UnicodeDecodeError:
                bad += frame.opcode == 1
        assert bad, endpoint.name
        assert fired(mock, "binary-as-text")
        peer.close()


def one_broken(mock, scenario, is_broken):
    """Exactly one frame of a session is broken, and all the rest is as ever."""
    for lane, endpoint in lanes(mock):
        peer, frames = converse(lane, endpoint, scenario, until=None, timeout=0.4)
        frames += peer.frames(0.2)
        broken = [f for f in frames if is_broken(f)]
        assert len(broken) == 1, (endpoint.name, scenario, len(broken))
        assert fired(lane, scenario.split(":")[0]), endpoint.name
        yield endpoint, frames, broken[0]
        peer.close()


@check
def reserved_bit_is_set_once(mock):
    for at in ("", ":at=open", ":at=before-final"):
        for endpoint, frames, frame in one_broken(mock, "rsv-bit" + at, lambda f: f.rsv):
            assert frame.rsv == 4 and frame.opcode in (1, 2, 8), (endpoint.name, frame)


@check
def reserved_opcode_comes_once(mock):
    for at in ("", ":at=open", ":at=end"):
        for endpoint, _, frame in one_broken(mock, "reserved-opcode" + at, lambda f: f.opcode in (3, 4, 5, 6, 7, 11)):
            assert frame.opcode == 3 and frame.fin, (endpoint.name, frame)


@check
def a_frame_is_masked(mock):
    for endpoint, frames, frame in one_broken(mock, "masked-frame", lambda f: f.masked):
        assert frame.raw[1] & 0x80
        if endpoint.name == VOLC:
            assert frame.payload[:2] == b"\x11\xb1", frame.payload[:4]
        elif not endpoint.synthesis:
            assert resp_type(frame) == "RESULT", frame.payload


@check
def a_length_is_longer_than_it_needs(mock):
    for at in ("", ":at=end"):
        for endpoint, _, frame in one_broken(mock, "length-not-minimal" + at, lambda f: not f.is_minimal):
            if at and endpoint.name != IBM.name:
                assert frame.opcode == 9, (endpoint.name, frame)


@check
def frames_compose(mock):
    """A fragmented huge message, and a text in masked fragments."""
    peer, frames = converse(mock, RTTS, "huge-frame:bytes=2000000+fragmented:parts=3+masked-frame", until=None, timeout=1.5)
    messages, _ = joined(frames)
    assert any(len(payload) >= 2000000 for _, payload in messages)
    assert sum(f.masked for f in frames) >= 1
    for name in ("huge-frame", "fragmented", "masked-frame"):
        assert fired(mock, name)
    peer.close()
