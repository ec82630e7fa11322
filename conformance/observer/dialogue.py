"""Whole sessions on every endpoint, for checks that need one from the first message to the last."""

import json
import threading
import time

from observer import ENDPOINTS, TOKEN, Endpoint, is_audio, volc_frame, volc_json

VOLC = "volcengine/tts-v1"
RTTS = ENDPOINTS["huawei/rtts"]
IBM = ENDPOINTS["ibm/tts"]
TTS_V1 = ENDPOINTS[VOLC]
WORDS = "one two three four"


def _timed(text):
    return volc_frame({
        "app": {"appid": "app", "token": TOKEN, "cluster": "volcano_tts"},
        "user": {"uid": "observer"},
        "audio": {"voice_type": "BV001_streaming", "encoding": "pcm", "rate": 16000},
        "request": {"reqid": f"observer-{time.monotonic_ns()}", "text": text, "operation": "submit",
                    "with_frontend": 1, "frontend_type": "unitTson"},
    })


def _subtitled(text):
    return json.dumps({"command": "START", "text": text, "config": {
        "audio_format": "pcm", "property": "chinese_huaxiaomei_common", "sample_rate": "16000",
        "subtitle": "word_level"}}).encode()


# The same endpoints, asked for times beside the audio.
TIMED = [
    Endpoint(RTTS.name, RTTS.path, RTTS.headers, True, [(1, _subtitled)]),
    IBM,
    Endpoint(VOLC, TTS_V1.path, TTS_V1.headers, True, [(2, _timed)]),
]

_speech = {}
_lock = threading.Lock()


def speech(mock):
    """Two seconds of speech as the mock itself speaks, 16 kHz PCM."""
    with _lock:
        if mock.port not in _speech:
            peer = mock.in_lane().open(RTTS, ask=True)
            frames = peer.frames(until=lambda f: is_end(RTTS, f))
            _speech[mock.port] = b"".join(f.payload for f in frames if f.opcode == 2)[:64000]
            peer.close()
    return _speech[mock.port]


def value(endpoint, frame):
    """The JSON of a frame of the server, or None if it carries none."""
    try:
        return volc_json(frame) if endpoint.name == VOLC else json.loads(frame.payload)
    except (ValueError, IndexError, OSError, EOFError):
        return None


def resp_type(frame):
    """The `resp_type` of a message, or None."""
    try:
        found = json.loads(frame.payload) if frame.opcode in (1, 2) else None
    except ValueError:
        return None
    return found.get("resp_type") if isinstance(found, dict) else None


def is_end(endpoint, frame):
    """Whether a frame is the endpoint's end marker."""
    if endpoint.name == IBM.name:
        return frame.opcode == 8 and frame.close()[0] == 1000
    if endpoint.name == VOLC:
        return frame.opcode == 2 and len(frame.payload) >= 12 and frame.payload[1] == 0xB3
    return resp_type(frame) == "END"


def is_error(endpoint, frame):
    """Whether a frame is an error as the endpoint's pages list them."""
    if endpoint.name == VOLC:
        return frame.opcode == 2 and frame.payload[1] >> 4 == 0xF
    if endpoint.name == IBM.name:
        return frame.opcode == 1 and "error" in (value(endpoint, frame) or {})
    return resp_type(frame) in ("ERROR", "FATAL_ERROR")


def is_start(endpoint, frame):
    """Whether a frame is the endpoint's start message."""
    if endpoint.name == VOLC:
        return frame.opcode == 2 and frame.payload[1] == 0xB0
    if endpoint.name == IBM.name:
        return frame.opcode == 1 and "binary_streams" in (value(endpoint, frame) or {})
    return resp_type(frame) == "START"


def is_result(endpoint, frame):
    """Whether a frame carries a result: text, words or their times."""
    if endpoint.name == VOLC:
        return frame.opcode == 2 and frame.payload[1] >> 4 == 0xC
    if endpoint.name == IBM.name:
        return frame.opcode == 1 and "words" in (value(endpoint, frame) or {})
    return resp_type(frame) == "RESULT"


def ask(mock, peer, endpoint):
    """Asks an open session for an answer: a text, or speech up to its end."""
    for opcode, payload in endpoint.first():
        peer.send(opcode, payload)
    if not endpoint.synthesis:
        audio = speech(mock)
        for at in range(0, len(audio), 6400):
            peer.send(2, audio[at:at + 6400])
        peer.send(1, b'{"command":"END","cancel":"false"}')


def converse(mock, endpoint, scenario, until=is_end, timeout=2.0, **more):
    """A whole session: its peer, and the frames up to `until`, a close frame, or silence."""
    mock.admin(f"lanes/{mock.lane}", "PUT", {"transcripts": [WORDS] * 8})
    peer = mock.open(endpoint, scenario, **more)
    ask(mock, peer, endpoint)
    frames = peer.frames(timeout, until=until and (lambda f: until(endpoint, f)))
    return peer, frames


def fired(mock, name, session=-1):
    """Whether the journal says of a fault that it has fired."""
    for _ in range(100):
        faults = mock.sessions()[session]["faults"]
        found = [f for f in faults if f["name"] == name]
        assert found, faults
        if found[0]["fired"]:
            return True
        time.sleep(0.02)
    return False


def audio_frames(endpoint, frames):
    """The frames with audio."""
    return [f for f in frames if is_audio(endpoint, f)]
