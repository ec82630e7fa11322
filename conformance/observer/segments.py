"""TCP segments."""

from observer import ENDPOINTS, SYNTHESIS, audio_of, check, is_audio
from support import drain, fired, listen, marker, whole


def edges(peer):
    """Where single reads ended, counted from the last `segments.clear()`."""
    at, found = 0, []
    for length in peer.segments:
        at += length
        found.append(at)
    return found


def plain_audio(mock, endpoint, text):
    peer = mock.open(endpoint)
    for opcode, payload in endpoint.first(text):
        peer.send(opcode, payload)
    audio = audio_of(endpoint, whole(endpoint, peer))
    peer.close()
    return audio


@check
def byte_drip_sends_one_byte_at_a_time(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "byte-drip:gap_ms=30", ask=True)
        listen(endpoint, peer)
        peer.segments.clear()
        while len(peer.segments) < 40 and peer.pull():
            pass
        # A busy machine may read two at once.
        assert peer.segments.count(1) >= 20 and max(peer.segments) <= 20, (endpoint.name, peer.segments)
        assert fired(mock, "byte-drip"), endpoint.name
        peer.close()


@check
def byte_drip_loses_nothing(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "byte-drip:gap_ms=0")
        for opcode, payload in endpoint.first("hi"):
            peer.send(opcode, payload)
        frames = whole(endpoint, peer)
        assert marker(endpoint, frames), endpoint.name
        assert audio_of(endpoint, frames) == plain_audio(mock, endpoint, "hi"), endpoint.name
        peer.close()


@check
def write_slicing_cuts_inside_the_head_of_every_frame(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "write-slicing:gap_ms=60", ask=True)
        listen(endpoint, peer)
        peer.segments.clear()
        start = len(peer.buffer)
        assert start == 0, "something came before the request"
        raw = b""
        frames = []
        while len(frames) < 6 and (frame := peer.frame(2.0)) is not None:
            frames.append(frame)
            raw += frame.raw
        ends, at, cut = set(edges(peer)), 0, 0
        for n, frame in enumerate(frames):
            cut += at + 1 in ends or at + 3 in ends
            assert at not in ends or at == 0, (endpoint.name, n, "a frame begins with a segment")
            at += len(frame.raw)
        # A busy machine may read two at once.
        assert cut >= 1 and cut >= len(frames) * 2 // 3, (endpoint.name, cut, len(frames))
        assert fired(mock, "write-slicing"), endpoint.name
        peer.close()


@check
def write_slicing_takes_sizes(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "write-slicing:gap_ms=25,sizes=1.2.40", ask=True)
        listen(endpoint, peer)
        peer.segments.clear()
        while len(peer.segments) < 18 and peer.pull():
            pass
        # A busy machine may read two at once, but nowhere else than at a cut.
        cuts = {turn * 43 + cut for turn in range(40) for cut in (1, 3, 43)}
        assert set(edges(peer)) <= cuts and min(peer.segments) <= 2, (endpoint.name, peer.segments)
        assert fired(mock, "write-slicing"), endpoint.name
        peer.close()


@check
def what_was_sent_before_the_point_went_out_whole(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "byte-drip:at=audio/2,gap_ms=20", ask=True)
        while not is_audio(endpoint, peer.frame()):
            pass
        reads = len(peer.segments)
        assert reads < 20, (endpoint.name, peer.segments)
        while len(peer.segments) < reads + 20 and peer.pull():
            pass
        assert peer.segments[reads:].count(1) >= 10, (endpoint.name, peer.segments)
        peer.close()


@check
def slicing_goes_on_to_the_last_byte(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "byte-drip:at=audio/2,gap_ms=50+close-1011:at=audio/2", ask=True)
        frames = drain(peer, 2.0)
        assert frames[-1].close()[0] == 1011 and peer.buffer == b"", (endpoint.name, frames[-1])
        assert peer.segments[-1] <= 3, (endpoint.name, peer.segments)
        peer.send_close(1011)
        assert peer.ending() == "FIN", (endpoint.name, peer.end)
