"""Inside the messages of a vendor."""

import gzip
import json
import zlib

from dialogue import IBM, RTTS, TTS_V1, converse, fired, is_end, is_error
from observer import Endpoint, check, is_audio


def session(mock, scenario, until=is_end):
    mock = mock.in_lane()
    peer, frames = converse(mock, TTS_V1, scenario, until=until)
    assert fired(mock, scenario.split(":")[0].split("+")[0]), scenario
    peer.close()
    return [f for f in frames if f.opcode == 2]


def audio(frames):
    return [f.payload for f in frames if is_audio(TTS_V1, f)]


@check
def the_nibble_and_the_payload_disagree(mock):
    for at, n in (("", 0), (":at=audio/3", 2)):
        found = audio(session(mock, "gzip-flag-mismatch" + at))
        assert [p[2] & 15 for p in found].index(1) == n and sum(p[2] & 15 for p in found) == 1
        assert found[n][12:14] != b"\x1f\x8b"


@check
def an_error_is_plain_under_a_gzip_nibble(mock):
    frames = session(mock, "gzip-error-payload", until=is_error)
    error = frames[-1].payload
    assert error[1] >> 4 == 0xF and error[2] & 15 == 1, error[:8]
    assert len(error) - 12 == int.from_bytes(error[8:12], "big")
    assert error[12:14] != b"\x1f\x8b" and error[12:].decode(), error


@check
def gzip_does_not_inflate(mock):
    for seed in range(5):
        lane = mock.in_lane()
        peer, frames = converse(lane, TTS_V1, "gzip-corrupt", seed=seed)
        found = [p for p in audio(frames) if p[2] & 15 == 1]
        assert len(found) == 1 and found[0][12:14] == b"\x1f\x8b"
        try:
            gzip.decompress(found[0][12:])
        except (OSError, EOFError, zlib.error):
            pass
        else:
            raise AssertionError("it inflates")
        assert fired(lane, "gzip-corrupt")
        peer.close()


@check
def a_sequence_is_wrong(mock):
    def numbers(scenario):
        return [int.from_bytes(p[4:8], "big", signed=True) for p in audio(session(mock, scenario))]
    assert numbers("bad-sequence")[:3] == [2, 2, 3]
    assert numbers("bad-sequence:at=audio/3")[:4] == [1, 2, 2, 4]


@check
def the_gzip_trailer_is_wrong(mock):
    found = [p for p in audio(session(mock, "bad-crc")) if p[2] & 15 == 1]
    assert len(found) == 1
    body = found[0][12:]
    assert zlib.decompressobj(-15).decompress(body[10:-8])
    try:
        gzip.decompress(body)
    except OSError as error:
        assert "CRC" in str(error)
    else:
        raise AssertionError("the checksum is right")


def ogg_crc(page):
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


@check
def the_checksum_of_an_ogg_page_is_wrong(mock):
    request = json.dumps({"text": "one two three", "accept": "audio/ogg;codecs=opus"}).encode()
    endpoint = Endpoint(IBM.name, IBM.path, {}, True, [(1, request)])
    for scenario, wanted in (("none", 0), ("bad-crc", 1)):
        peer, frames = converse(mock, endpoint, scenario)
        data, wrong, at = b"".join(f.payload for f in frames if f.opcode == 2), 0, 0
        while at < len(data):
            assert data[at:at + 4] == b"OggS"
            laces = data[at + 26]
            end = at + 27 + laces + sum(data[at + 27:at + 27 + laces])
            page = data[at:end]
            wrong += int.from_bytes(page[22:26], "little") != ogg_crc(page[:22] + bytes(4) + page[26:])
            at = end
        assert wrong == wanted, (scenario, wrong)
        peer.close()
    assert fired(mock, "bad-crc")


@check
def a_size_lies(mock):
    for by, wanted in (("", 1), (":by=-4", -4), (":by=4096,at=audio/2", 4096)):
        lies = [int.from_bytes(p[8:12], "big") - (len(p) - 12) for p in audio(session(mock, "size-lies" + by))]
        assert [lie for lie in lies if lie] == [wanted], lies


@check
def a_frame_is_cut_inside_a_whole_message(mock):
    for by, wanted in (("", 1), (":by=6", 6)):
        frames = session(mock, "frame-truncated" + by)
        missing = [int.from_bytes(f.payload[8:12], "big") - (len(f.payload) - 12) for f in frames if is_audio(TTS_V1, f)]
        assert [n for n in missing if n] == [wanted] and all(f.fin for f in frames), missing


@check
def the_captured_error_frame_is_there_to_the_byte(mock):
    frames = session(mock, "volc-error-frame", until=is_error)
    error = frames[-1].payload
    assert error[:8] == bytes.fromhex("11f01000") + (45000081).to_bytes(4, "big"), error[:8]
    assert int.from_bytes(error[8:12], "big") == len(error) - 12
    assert "Timeout waiting next packet" in json.loads(error[12:])["error"]


@check
def what_has_no_frames_of_its_own_has_no_such_faults(mock):
    for name in ("gzip-corrupt", "bad-sequence", "size-lies", "frame-truncated", "bad-crc"):
        peer = mock.dial(RTTS, name)
        assert peer.read_answer() == 400, name
