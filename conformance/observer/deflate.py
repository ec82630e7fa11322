"""permessage-deflate: granted, unasked, refused, and mixed with plain messages."""

import base64
import json
import struct
import urllib.request
import zlib

from dialogue import IBM, RTTS, TTS_V1, ask, fired, is_end
from observer import SYNTHESIS, TOKEN, Frame, check, is_audio
from order import lanes

OFFER = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
RSV1 = 4


def compressed(payload):
    """The payload of a compressed message that stands alone."""
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def inflated(frames):
    """The frames with their messages inflated, one context for all."""
    unpacker, plain = zlib.decompressobj(-15), []
    for frame in frames:
        if frame.rsv & RSV1:
            payload = unpacker.decompress(frame.payload + b"\0\0\xff\xff")
            frame = Frame(frame.fin, 0, frame.opcode, frame.masked, frame.length_form, payload, frame.raw)
        plain.append(frame)
    return plain


def converse(mock, endpoint, scenario, headers=()):
    """A synthesis with these headers; everything up to the end marker."""
    peer = mock.open(endpoint, scenario, headers=headers)
    ask(mock, peer, endpoint)
    unpacker, frames = zlib.decompressobj(-15), []

    def ends(frame):
        if frame.rsv & RSV1:
            payload = unpacker.decompress(frame.payload + b"\0\0\xff\xff")
            frame = Frame(frame.fin, 0, frame.opcode, frame.masked, frame.length_form, payload, frame.raw)
        return is_end(endpoint, frame)

    frames = peer.frames(2.0, until=ends)
    return peer, frames


@check
def nobody_gets_it_by_default(mock):
    for mock, endpoint in lanes(mock, SYNTHESIS):
        peer, frames = converse(mock, endpoint, "none", OFFER)
        assert "sec-websocket-extensions" not in peer.headers
        assert not any(f.rsv for f in frames)
        peer.close()


@check
def granted_messages_are_compressed(mock):
    for mock, endpoint in lanes(mock, SYNTHESIS):
        peer, frames = converse(mock, endpoint, "deflate-on", OFFER)
        assert peer.headers["sec-websocket-extensions"].startswith("permessage-deflate"), peer.headers
        data = [f for f in frames if f.opcode in (1, 2)]
        assert data and all(f.rsv == RSV1 for f in data), endpoint.name
        _, plain = converse(mock, endpoint, "none")
        audio = [f.payload for f in inflated(frames) if is_audio(endpoint, f)]
        assert audio == [f.payload for f in plain if is_audio(endpoint, f)], endpoint.name
        assert fired(mock, "deflate-on", 0)
        peer.close()


@check
def parameters_are_held(mock):
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"}
    peer, frames = converse(mock, RTTS, "deflate-on", offer)
    said = peer.headers["sec-websocket-extensions"]
    assert "server_no_context_takeover" in said and "server_max_window_bits=10" in said, said
    for frame in frames:
        if frame.rsv:
            assert zlib.decompressobj(-10).decompress(frame.payload + b"\0\0\xff\xff")
    peer.close()


@check
def who_does_not_offer_gets_nothing(mock):
    peer, frames = converse(mock, RTTS, "deflate-on")
    assert "sec-websocket-extensions" not in peer.headers and not any(f.rsv for f in frames)
    assert not mock.sessions()[-1]["faults"][0]["fired"]


@check
def the_client_may_compress_too(mock):
    peer = mock.open(TTS_V1, "deflate-on", headers=OFFER)
    payload = compressed(TTS_V1.first()[0][1])
    key = b"\x11\x22\x33\x44"
    head = bytes([0xC2, 0x80 | 126]) + struct.pack(">H", len(payload))
    peer.write(head + key + bytes(b ^ key[i % 4] for i, b in enumerate(payload)))
    frames = peer.frames(2.0, until=lambda f: f.opcode == 8 or is_end(TTS_V1, f))
    frames += peer.frames(0.3)
    assert any(is_end(TTS_V1, f) for f in inflated(frames)), frames[-1]
    session = mock.sessions()[-1]
    said = mock.admin(f"sessions/{session['id']}")["messages"]
    assert any(m["dir"] == "client" and m["kind"] == "binary" and "request" in json.dumps(m["value"]) for m in said), said

    raw = urllib.request.urlopen(f"http://{mock.host}:{mock.port}/__mynah/sessions/{session['id']}/raw").read()
    sent = b"".join(base64.b64decode(json.loads(line)["base64"]) for line in raw.splitlines()
                    if json.loads(line)["dir"] == "client")
    tail = sent[sent.index(b"\r\n\r\n") + 4:]
    seen = bytes(b ^ key[i % 4] for i, b in enumerate(tail[8:]))
    assert seen == b"*" * len(payload), seen[:40]
    assert TOKEN.encode() not in sent
    peer.close()


@check
def unasked_is_granted_to_who_did_not_offer(mock):
    for mock, endpoint in lanes(mock, SYNTHESIS):
        peer, frames = converse(mock, endpoint, "deflate-unasked")
        assert peer.headers["sec-websocket-extensions"] == "permessage-deflate"
        assert any(f.rsv == RSV1 for f in frames), endpoint.name
        assert fired(mock, "deflate-unasked")
        peer.close()


@check(serve=["--deflate"])
def refused_whatever_the_server_grants(mock):
    peer, frames = converse(mock, IBM, "none", OFFER)
    assert "sec-websocket-extensions" in peer.headers and any(f.rsv for f in frames)
    peer, frames = converse(mock, IBM, "deflate-refused", OFFER)
    assert "sec-websocket-extensions" not in peer.headers and not any(f.rsv for f in frames)
    assert fired(mock, "deflate-refused")


@check
def small_messages_stay_plain(mock):
    for mock, endpoint in lanes(mock, [RTTS, IBM]):
        peer, frames = converse(mock, endpoint, "deflate-small-uncompressed", OFFER)
        data = [f for f in frames if f.opcode in (1, 2)]
        kinds = {f.opcode: f.rsv for f in data}
        assert kinds == {1: 0, 2: RSV1}, (endpoint.name, kinds)
        assert fired(mock, "deflate-small-uncompressed")
        peer.close()


@check
def it_composes_with_frames(mock):
    peer = mock.open(RTTS, "deflate-on+fragmented:at=audio/1,parts=3", headers=OFFER)
    ask(mock, peer, RTTS)
    frames = peer.frames(0.5)
    first = [f for f in frames if f.opcode == 2][0]
    assert first.rsv == RSV1 and not first.fin
    rest = [f for f in frames if f.opcode == 0]
    assert rest and not any(f.rsv for f in rest)
    peer.close()
