"""TCP segments."""

from observer import ENDPOINTS, SYNTHESIS, audio_of, check, is_audio
from support import drain, fired, listen, marker


def plain_audio(mock, endpoint, text):
    peer = mock.open(endpoint)
    for opcode, payload in endpoint.first(text):
        peer.send(opcode, payload)
    audio = audio_of(endpoint, drain(peer))
    peer.close()
    return audio


@check
def byte_drip_sends_one_byte_at_a_time(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "byte-drip:gap_ms=4", ask=True)
        listen(endpoint, peer)
        peer.segments.clear()
        while len(peer.segments) < 80 and peer.pull():
            pass
        # A busy machine may read two at once.
        assert peer.segments.count(1) >= 68 and max(peer.segments) <= 20, (endpoint.name, peer.segments)
        assert fired(mock, "byte-drip"), endpoint.name
        peer.close()


@check
def byte_drip_loses_nothing(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "byte-drip:gap_ms=0")
        for opcode, payload in endpoint.first("hi"):
            peer.send(opcode, payload)
        frames = drain(peer, 3.0)
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
        edges, at = set(), 0
        for length in peer.segments:
            at += length
            edges.add(at)
        at = 0
        for n, frame in enumerate(frames):
            head = len(frame.raw) - len(frame.payload)
            assert at + 1 in edges, (endpoint.name, n, head, sorted(edges))
            assert at not in edges or at == 0 or n == 0, (endpoint.name, "a frame begins with a segment", at)
            at += len(frame.raw)
        assert fired(mock, "write-slicing"), endpoint.name
        peer.close()


@check
def write_slicing_takes_sizes(mock):
    for endpoint in ENDPOINTS.values():
        peer = mock.open(endpoint, "write-slicing:gap_ms=25,sizes=1.2.40", ask=True)
        listen(endpoint, peer)
        peer.segments.clear()
        while len(peer.segments) < 9 and peer.pull():
            pass
        assert peer.segments[:9] == [1, 2, 40] * 3, (endpoint.name, peer.segments)
        assert fired(mock, "write-slicing"), endpoint.name
        peer.close()


@check
def what_was_sent_before_the_point_went_out_whole(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "byte-drip:at=audio/2,gap_ms=20", ask=True)
        while not is_audio(endpoint, peer.frame()):
            pass
        reads = len(peer.segments)
        assert reads < 12, (endpoint.name, peer.segments)
        peer.pull(), peer.pull()
        assert peer.segments[reads:] == [1, 1] or peer.segments[-1] == 1, (endpoint.name, peer.segments)
        peer.close()


@check
def slicing_goes_on_to_the_last_byte(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "byte-drip:at=audio/2,gap_ms=10+close-1011:at=audio/2", ask=True)
        frames = drain(peer, 2.0)
        assert frames[-1].close()[0] == 1011 and peer.buffer == b"", (endpoint.name, frames[-1])
        assert peer.segments[-4:] == [1, 1, 1, 1], (endpoint.name, peer.segments)
        peer.send_close(1011)
        assert peer.ending() == "FIN", (endpoint.name, peer.end)
