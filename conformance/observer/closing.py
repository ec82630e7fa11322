"""How a connection ends."""

from observer import ENDPOINTS, RECOGNITION, SYNTHESIS, PCM_100MS, audio_of, check, is_audio


@check
def close_code_stands_alone_before_the_third_audio(mock):
    for endpoint in SYNTHESIS:
        peer = mock.open(endpoint, "close-1011:at=audio/3", ask=True)
        frames = peer.frames()
        assert sum(is_audio(endpoint, f) for f in frames) == 2, endpoint.name
        assert frames[-1].close() == (1011, b""), frames[-1]
        peer.send_close(1011)
        assert peer.ending() == "FIN"
