"""The sound itself."""

import io
import json
import shutil
import struct
import subprocess
import tempfile
import wave

from observer import ENDPOINTS, SYNTHESIS, audio_of, check, is_audio, volc_frame, volc_request
from support import fired, marker, whole

TEXT = "one two three four five six seven eight"
RTTS, IBM, VOLC = (ENDPOINTS[n] for n in ("huawei/rtts", "ibm/tts", "volcengine/tts-v1"))


def ask(peer, endpoint, encoding, rate=16000):
    """Asks for speech in an encoding: pcm, wav, mp3, ogg."""
    if endpoint is RTTS:
        config = {"audio_format": {"wav": "wav"}.get(encoding, encoding), "property": "chinese_xiaoyan_common", "sample_rate": str(rate)}
        peer.send(1, json.dumps({"command": "START", "text": TEXT, "config": config}).encode())
    elif endpoint is IBM:
        accept = {"pcm": "audio/l16;rate=%d", "wav": "audio/wav;rate=%d", "mp3": "audio/mp3;rate=%d", "ogg": "audio/ogg;codecs=opus;rate=%d",
                  "webm": "audio/webm;codecs=opus", "flac": "audio/flac;rate=%d"}[encoding]
        peer.send(1, json.dumps({"text": TEXT, "accept": accept % rate if "%" in accept else accept}).encode())
    else:
        request = json.loads(volc_request(TEXT)[8:])
        request["audio"].update(encoding={"ogg": "ogg_opus"}.get(encoding, encoding), rate=rate)
        peer.send(2, volc_frame(request))


def speech(mock, endpoint, encoding, scenario=None, rate=16000):
    """(chunks, end marker) of one speech."""
    peer = mock.open(endpoint, scenario)
    ask(peer, endpoint, encoding, rate)
    frames = whole(endpoint, peer)
    peer.close()
    return [audio_of(endpoint, [f]) for f in frames if is_chunk(endpoint, f)], marker(endpoint, frames)


def is_chunk(endpoint, frame):
    """Whether a frame is audio, be it empty; an acknowledgement is not."""
    if endpoint is VOLC:
        return frame.opcode == 2 and frame.payload[1] >> 4 == 0xB and frame.payload[1] & 15 != 0
    return frame.opcode == 2


def formats(mock, wanted):
    """The endpoints and encodings that the mock has without a fault."""
    for endpoint in SYNTHESIS:
        for encoding in wanted:
            chunks, end = speech(mock, endpoint, encoding)
            if chunks:
                assert end, (endpoint.name, encoding)
                yield endpoint, encoding, chunks


def decoded(data, suffix, rate=16000):
    """What ffmpeg makes of a file: samples."""
    assert shutil.which("ffmpeg"), "apt-get install ffmpeg"
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        done = subprocess.run(["ffmpeg", "-v", "error", "-i", file.name, "-f", "s16le", "-ac", "1", "-ar", str(rate), "-"], capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@check
def odd_byte_chunks_end_at_odd_offsets(mock):
    seen = 0
    for endpoint, encoding, plain in formats(mock, ["pcm", "wav"]):
        chunks, end = speech(mock, endpoint, encoding, "odd-byte-chunks")
        assert end and b"".join(chunks) == b"".join(plain), (endpoint.name, encoding)
        at = 0
        for chunk in chunks[:-1]:
            at += len(chunk)
            assert at % 2 == 1, (endpoint.name, encoding, at)
        assert len(chunks) > 2 and fired(mock, "odd-byte-chunks")
        later, _ = speech(mock, endpoint, encoding, "odd-byte-chunks:at=audio/3")
        assert [len(c) % 2 for c in later[:3]] == [0, 0, 1], (endpoint.name, encoding)
        seen += 1
    assert seen >= 5, seen


@check
def zero_length_audio_is_one_empty_message(mock):
    for endpoint in SYNTHESIS:
        plain, _ = speech(mock, endpoint, "pcm")
        for at in (1, 2, 4):
            chunks, end = speech(mock, endpoint, "pcm", f"zero-length-audio:at=audio/{at}")
            assert end and chunks[:at - 1] + [b""] + chunks[at:] == chunks, (endpoint.name, at, [len(c) for c in chunks])
            assert [c for c in chunks if c] == plain, endpoint.name
            assert fired(mock, "zero-length-audio")


@check
def wav_placeholder_size_lies_in_both_fields(mock):
    seen = 0
    for endpoint, _, plain in formats(mock, ["wav"]):
        for value in (0, 0x7FFFFFFF, 0xFFFFFFFF, 1234):
            chosen = "" if value == 0xFFFFFFFF else f":value={value}"
            chunks, end = speech(mock, endpoint, "wav", "wav-placeholder-size" + chosen)
            data, true = b"".join(chunks), b"".join(plain)
            at = true.index(b"data") + 4
            assert struct.unpack("<I", data[4:8])[0] == value and struct.unpack("<I", data[at:at + 4])[0] == value, endpoint.name
            assert end and data[8:at] == true[8:at] and data[at + 4:] == true[at + 4:], endpoint.name
            assert fired(mock, "wav-placeholder-size")
        seen += 1
    assert seen >= 2, seen


@check
def wav_extra_chunks_come_before_the_data(mock):
    for endpoint, _, plain in formats(mock, ["wav"]):
        chunks, _ = speech(mock, endpoint, "wav", "wav-extra-chunks")
        data, true = b"".join(chunks), b"".join(plain)
        assert data.index(b"LIST") == 36 and data.index(b"data") == 70, endpoint.name
        assert len(data) == len(true) + 34 and struct.unpack("<I", data[4:8])[0] in (len(data) - 8, 0xFFFFFFFF, 0x7FFFFFFF), endpoint.name
        with wave.open(io.BytesIO(data)) as file:
            assert file.readframes(1 << 24) == true[44:], endpoint.name
        assert fired(mock, "wav-extra-chunks")


@check
def container_per_chunk_makes_every_chunk_a_file(mock):
    magic = {"wav": b"RIFF", "mp3": b"ID3\x04", "ogg": b"OggS\0\x02", "flac": b"fLaC", "webm": b"\x1a\x45\xdf\xa3"}
    seen = set()
    for endpoint in SYNTHESIS:
        for encoding in magic:
            if encoding in ("flac", "webm") and endpoint is not IBM:
                continue
            rate = 24000 if encoding == "ogg" else 16000
            chunks, end = speech(mock, endpoint, encoding, "container-per-chunk", rate)
            if not chunks:
                continue
            seen.add(encoding)
            assert fired(mock, "container-per-chunk")
            assert end and len(chunks) > 2 and all(c.startswith(magic[encoding]) for c in chunks), (endpoint.name, encoding)
            if encoding == "wav":
                lengths = [len(c) - 44 for c in chunks]
                for chunk in chunks:
                    assert struct.unpack("<I", chunk[40:44])[0] == len(chunk) - 44, endpoint.name
                    with wave.open(io.BytesIO(chunk)) as file:
                        assert len(file.readframes(1 << 24)) == len(chunk) - 44
                assert sum(lengths) == len(b"".join(speech(mock, endpoint, "wav")[0])) - 44
            assert decoded(chunks[1], "." + encoding), (endpoint.name, encoding)
    assert seen == set(magic), seen


@check
def container_cut_midframe_keeps_the_stream(mock):
    seen = set()
    for endpoint in SYNTHESIS:
        for encoding, start in (("mp3", b"\xff"), ("ogg", b"OggS")):
            rate = 24000 if encoding == "ogg" else 16000
            plain, _ = speech(mock, endpoint, encoding, None, rate)
            if not plain:
                continue
            seen.add(encoding)
            assert all(c.startswith(start) for c in plain), (endpoint.name, encoding)
            chunks, end = speech(mock, endpoint, encoding, "container-cut-midframe", rate)
            assert end and b"".join(chunks) == b"".join(plain), (endpoint.name, encoding)
            edges, at = set(), 0
            for chunk in plain:
                edges.add(at)
                at += len(chunk)
            at = len(chunks[0])
            for chunk in chunks[1:]:
                assert at not in edges and not chunk.startswith(b"OggS"), (endpoint.name, encoding, at)
                at += len(chunk)
            assert fired(mock, "container-cut-midframe")
    assert seen == {"mp3", "ogg"}, seen


@check
def rate_mismatch_is_in_the_header_and_in_the_length(mock):
    for endpoint, _, plain in formats(mock, ["wav"]):
        for chosen, rate in (("", 24000), (":rate=8000", 8000)):
            data = b"".join(speech(mock, endpoint, "wav", "rate-mismatch" + chosen)[0])
            assert struct.unpack("<I", data[24:28])[0] == rate, endpoint.name
            assert abs((len(data) - 44) / rate - (len(b"".join(plain)) - 44) / 16000) < 0.01, endpoint.name
            assert fired(mock, "rate-mismatch")
        data = b"".join(speech(mock, endpoint, "wav", "rate-mismatch:bits=32")[0])
        assert struct.unpack("<IIHH", data[24:36]) == (16000, 64000, 4, 32), endpoint.name
        assert len(data) - 44 == 2 * (len(b"".join(plain)) - 44), endpoint.name
        samples = struct.unpack(f"<{(len(data) - 44) // 4}i", data[44:])
        assert struct.pack(f"<{len(samples)}h", *(s >> 16 for s in samples)) == b"".join(plain)[44:], endpoint.name
        assert fired(mock, "rate-mismatch")
    for endpoint in SYNTHESIS:
        plain, other = (b"".join(speech(mock, endpoint, "pcm", s)[0]) for s in (None, "rate-mismatch"))
        assert abs(len(other) / len(plain) - 1.5) < 0.01, endpoint.name


@check
def truncated_tail_loses_its_end_and_keeps_the_marker(mock):
    for endpoint, encoding, plain in formats(mock, ["pcm", "mp3"]):
        chunks, end = speech(mock, endpoint, encoding, "truncated-tail:ms=400")
        assert end, (endpoint.name, encoding)
        whole, cut = b"".join(plain), b"".join(chunks)
        if encoding == "pcm":
            assert whole.startswith(cut) and len(whole) - len(cut) == 400 * 32, (endpoint.name, len(whole) - len(cut))
        else:
            assert 0 < len(whole) - len(cut) < len(whole) / 3, endpoint.name
        assert fired(mock, "truncated-tail")


def ogg_packets(data):
    """The packets of an Ogg stream, parsed by hand."""
    at, packets, part = 0, [], b""
    while at < len(data):
        assert data[at:at + 4] == b"OggS"
        lacing = data[at + 27:at + 27 + data[at + 26]]
        at += 27 + len(lacing)
        for size in lacing:
            part += data[at:at + size]
            at += size
            if size < 255:
                packets.append(part)
                part = b""
    return packets


@check
def opus_multiframe_packets_have_code_3_and_decode(mock):
    assert shutil.which("opusdec"), "apt-get install opus-tools"
    seen = 0
    for endpoint in SYNTHESIS:
        plain = b"".join(speech(mock, endpoint, "ogg", None, 24000)[0])
        if not plain:
            continue
        seen += 1
        for frames in (3, 6):
            chunks, end = speech(mock, endpoint, "ogg", f"opus-multiframe:frames={frames}", 24000)
            packets = ogg_packets(b"".join(chunks))[2:]
            assert end and all(p[0] & 3 == 3 for p in packets), endpoint.name
            assert frames in {p[1] & 63 for p in packets}, endpoint.name
            assert sum(p[1] & 63 for p in packets) == len(ogg_packets(plain)) - 2, endpoint.name
            sounds = []
            for data in (plain, b"".join(chunks)):
                with tempfile.NamedTemporaryFile(suffix=".opus") as file, tempfile.NamedTemporaryFile(suffix=".raw") as out:
                    file.write(data)
                    file.flush()
                    done = subprocess.run(["opusdec", "--quiet", "--rate", "48000", "--no-dither", file.name, out.name], capture_output=True)
                    assert done.returncode == 0, done.stderr
                    sounds.append(out.read())
            assert sounds[0] and sounds[0] == sounds[1], (endpoint.name, frames, [len(s) for s in sounds])
            assert fired(mock, "opus-multiframe")
    assert seen >= 2, seen
    webm = b"".join(speech(mock, IBM, "webm", "opus-multiframe")[0])
    assert decoded(webm, ".webm") == decoded(b"".join(speech(mock, IBM, "webm")[0]), ".webm")


@check
def audio_faults_of_other_formats_do_not_fire(mock):
    for scenario in ("wav-placeholder-size", "wav-extra-chunks", "container-per-chunk", "opus-multiframe"):
        plain, _ = speech(mock, RTTS, "pcm")
        chunks, end = speech(mock, RTTS, "pcm", scenario)
        assert end and chunks == plain
        assert mock.sessions()[-1]["faults"][0]["fired"] is False, scenario
