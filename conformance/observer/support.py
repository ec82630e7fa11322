"""What several families ask of a session: its audio, its end, what the journal says of its faults."""

import json
import time

from observer import PCM_100MS, is_audio

END = json.dumps({"command": "END", "cancel": "false"}).encode()
VOICE = b"".join(int(9000 * (1 if n % 40 < 20 else -1)).to_bytes(2, "little", signed=True) for n in range(1600))


def drain(peer, quiet=0.3, first=None):
    """The frames that come until it is quiet for so long, or TCP ends; the first one may take longer."""
    frames = []
    while (frame := peer.frame(quiet if frames or first is None else first)) is not None:
        frames.append(frame)
        if frame.opcode == 8:
            break
    return frames


def whole(endpoint, peer):
    """The frames up to the end marker or an error; or until nothing has come for long."""
    frames = []
    while (frame := peer.frame(5.0)) is not None:
        frames.append(frame)
        is_error = b'"ERROR"' in frame.payload or endpoint.name == "volcengine/tts-v1" and frame.payload[1:2] >= b"\xf0"
        if frame.opcode == 8 or is_error or marker(endpoint, [frame]):
            break
    return frames


def speak_to(peer, chunks, sound=PCM_100MS):
    for _ in range(chunks):
        peer.send(2, sound)


def listen(endpoint, peer):
    """In a recognition, says something and ends it; nothing in a synthesis."""
    if endpoint.synthesis:
        return
    speak_to(peer, 10, VOICE)
    peer.send(1, END)


def is_binary(frame):
    return frame.opcode == 2


def is_result(endpoint, frame):
    """Whether a frame of a recognition is a result."""
    return not endpoint.synthesis and frame.opcode == 1 and b'"RESULT"' in frame.payload


def marker(endpoint, frames):
    """The end marker among frames, in whatever way the vendor says it."""
    for frame in frames:
        if endpoint.name.startswith("huawei/") and frame.opcode == 1 and b'"END"' in frame.payload:
            return frame
        if endpoint.name == "ibm/tts" and frame.opcode == 8 and frame.close()[0] == 1000:
            return frame
        if endpoint.name == "volcengine/tts-v1" and is_audio(endpoint, frame) and frame.payload[1] & 15 in (2, 3):
            return frame
    return None


def fired(mock, name, patience=5.0):
    """Whether the newest session of the lane has this fault, and it has fired."""
    until = time.monotonic() + patience
    while True:
        faults = mock.sessions()[-1]["faults"]
        if any(fault["name"] == name and fault["fired"] for fault in faults):
            return True
        if time.monotonic() > until:
            raise AssertionError(f"{name} has not fired: {faults}")
        time.sleep(0.02)
