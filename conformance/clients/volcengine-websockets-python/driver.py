"""Volcengine TTS v1 through `websockets`: the vendor's script (gzip'd `submit` and `query`) and what it can meet.

Runs on the library's old interface (below 14, `extra_headers`) and on the current one (`additional_headers`).
"""

import asyncio
import base64
import gzip
import json
import re
import urllib.error
import urllib.request
import uuid

import websockets
from checks import STRICT_URL, TOKEN, URL, Checks, Failed, equal, expect, hear, within

LEGACY = int(websockets.__version__.split(".")[0]) < 14
PATH = "/api/v1/tts/ws_binary"
TEXT = "字节跳动语音合成。"
SUBMIT, QUERY = "submit", "query"
PLAIN, GZIP = 0, 1
AUDIO, FRONTEND, ERROR = 0xB, 0xC, 0xF

checks = Checks()


def check(name):
    """A check whose body is a coroutine."""
    def register(function):
        return checks.check(name)(lambda: asyncio.run(asyncio.wait_for(function(), 30)))
    return register


# ---- the vendor's script -----------------------------------------------------------------------------------------

@check("script-submit")
async def script_submit():
    sound = bytearray()
    async with connect() as ws:
        await ws.send(frame(request(SUBMIT, encoding="mp3")))
        while not parse_response(await ws.recv(), sound):
            pass
    equal("codec", hear(bytes(sound), "mp3")["codec"], "mp3")


@check("script-query")
async def script_query():
    sound = bytearray()
    async with connect() as ws:
        await ws.send(frame(request(QUERY, encoding="mp3")))
        expect(parse_response(await ws.recv(), sound), "the first answer to a query is not the last")
    equal("codec", hear(bytes(sound), "mp3")["codec"], "mp3")


def parse_response(message, sound):
    """True when the script would stop reading; reads the frame by the same steps as the script."""
    kinds = {11: "audio-only server response", 12: "frontend server response", 15: "error message from server"}
    header_size = message[0] & 0x0F
    message_type = message[1] >> 4
    flags = message[1] & 0x0F
    compression = message[2] & 0x0F
    payload = message[header_size * 4:]
    equal("version", message[0] >> 4, 1)
    expect(message_type in kinds and flags in (0, 1, 2, 3), f"header {message[:4].hex()}")
    expect(message[2] >> 4 in (0, 1, 15) and compression in (0, 1, 15), f"header {message[:4].hex()}")
    if message_type == 0xB:
        if flags == 0:
            return False
        sequence = int.from_bytes(payload[:4], "big", signed=True)
        sound.extend(payload[8:])
        return sequence < 0
    if message_type == 0xF:
        text = payload[8:]
        raise Failed(str(gzip.decompress(text) if compression == 1 else text, "utf-8"))
    return False


# ---- handshake ---------------------------------------------------------------------------------------------------

@check("x-tt-logid-on-the-101")
async def logid():
    seen = set()
    for _ in range(2):
        async with connect() as ws:
            headers = ws.response_headers if LEGACY else ws.response.headers
            expect(re.match(r"^\d{14}[0-9A-F]{20}$", headers["X-Tt-Logid"]), f"X-Tt-Logid {headers['X-Tt-Logid']!r}")
            seen.add(headers["X-Tt-Logid"])


@check("token-with-and-without-space")
async def token_forms():
    for value in (f"Bearer; {TOKEN}", f"Bearer;{TOKEN}"):
        async with connect({"Authorization": value}) as ws:
            await answers(ws, request(QUERY))


@check("missing-token-401")
async def missing_token():
    for headers in ({}, {"Authorization": ""}, {"Authorization": "Bearer;"}, {"Authorization": f"Bearer {TOKEN}"}):
        await refused(headers, PATH, 401)


@check("wrong-path-404")
async def wrong_path():
    await refused(None, "/api/v1/tts/ws_binry", 404)


# ---- submit and query --------------------------------------------------------------------------------------------

def speaks(operation, encoding, rate):
    @check(f"{operation}-{encoding}-{rate}")
    async def speak():
        async with connect(max_size=None) as ws:  # a query answer is one frame, whatever its size
            frames = await answers(ws, request(operation, encoding=encoding, rate=rate))
        audio = b"".join(f.payload for f in frames)
        raw = "s16le" if encoding == "pcm" else None
        heard = hear(audio, encoding.removesuffix("_opus"), raw, raw and rate)
        codec = {"pcm": "s16le", "wav": "pcm_s16le", "mp3": "mp3", "ogg_opus": "opus"}[encoding]
        equal("codec", heard["codec"], codec)
        equal("rate", heard["rate"], 48000 if codec == "opus" else rate)


for operation in (SUBMIT, QUERY):
    for encoding in ("pcm", "wav", "mp3", "ogg_opus"):
        for hertz in (24000, 16000, 8000):
            speaks(operation, encoding, hertz)


@check("default-encoding-is-pcm-24000")
async def defaults():
    message = request(SUBMIT)
    message["audio"] = {"voice_type": "BV001_streaming"}
    async with connect() as ws:
        frames = await answers(ws, message)
    heard = hear(b"".join(f.payload for f in frames), "pcm", "s16le", 24000)
    async with connect() as ws:
        other = b"".join(f.payload for f in await answers(ws, request(SUBMIT, encoding="pcm", rate=8000)))
    within("seconds beside 8000 Hz", hear(other, "pcm", "s16le", 8000)["seconds"] - heard["seconds"], -0.05, 0.05)


@check("submit-frames")
async def submit_frames():
    async with connect() as ws:
        await ws.send(frame(request(SUBMIT, text=TEXT * 5)))
        first = Frame(await ws.recv())
        if (first.type, first.flags) == (AUDIO, 0):
            equal("ACK", first.raw, bytes.fromhex("11b0000000000000"))
            first = Frame(await ws.recv())
        frames = [first, *await rest(ws, first)]
    expect(len(frames) > 1, "a long text in one frame")
    for n, f in enumerate(frames, 1):
        last = n == len(frames)
        equal("type, flags, sequence", (f.type, f.flags, f.sequence), (AUDIO, 3 if last else 1, -n if last else n))
        equal("header", f.raw[2:4], b"\0\0")
        expect(f.payload, f"frame {n} is empty")
        expect(len(f.raw) < 1 << 20, f"frame {n} has {len(f.raw)} bytes")


@check("query-is-one-frame-without-ack")
async def query_frame():
    async with connect() as ws:
        await ws.send(frame(request(QUERY)))
        answer = Frame(await ws.recv())
        equal("type, flags, sequence", (answer.type, answer.flags, answer.sequence), (AUDIO, 3, -1))
        await silent(ws)


@check("query-and-submit-are-the-same-sound")
async def same_sound():
    sounds = []
    for operation in (SUBMIT, QUERY):
        async with connect() as ws:
            sounds.append(b"".join(f.payload for f in await answers(ws, request(operation, encoding="pcm"))))
    expect(sounds[0] == sounds[1], f"{len(sounds[0])} bytes by submit, {len(sounds[1])} by query")


@check("speed-ratio-changes-duration")
async def speed():
    seconds = []
    for ratio in (0.5, 1.0, 2.0):
        async with connect() as ws:
            frames = await answers(ws, request(QUERY, encoding="pcm", speed_ratio=ratio))
        seconds.append(hear(b"".join(f.payload for f in frames), "pcm", "s16le", 24000)["seconds"])
    expect(seconds[0] > seconds[1] > seconds[2], f"seconds at speed 0.5, 1, 2: {seconds}")


@check("serial-requests-on-one-connection")
async def serial():
    async with connect() as ws:
        for operation in (SUBMIT, QUERY, SUBMIT):
            await answers(ws, request(operation))


@check("uncompressed-request-and-extension-header")
async def uncompressed():
    async with connect() as ws:
        await answers(ws, request(SUBMIT), PLAIN)
        plain = frame(request(QUERY), PLAIN)
        await ws.send(b"\x12" + plain[1:4] + b"\xde\xad\xbe\xef" + plain[4:])
        answer = Frame(await ws.recv())
        equal("type, flags", (answer.type, answer.flags), (AUDIO, 3))


@check("lenient-numbers-and-unknown-members")
async def lenient():
    message = request(SUBMIT, bits=16, channel=1, sample_rate=24000)
    message["request"].update(silence_duration="125", split_sentence="1", pure_english_opt=1)
    async with connect() as ws:
        await answers(ws, message)


@check("frontend-frames")
async def frontend_frames():
    for compression in (GZIP, PLAIN):
        message = request(SUBMIT, encoding="pcm")
        message["request"].update(with_frontend=1, frontend_type="unitTson")
        words, phonemes = await frontends(message, compression)
        expect(words and phonemes, f"{len(words)} words, {len(phonemes)} phonemes")
        expect(all(isinstance(p["phone"], str) and p["phone"] for p in phonemes), f"phonemes {phonemes[:3]}")


@check("timestamp-frames")
async def timestamp_frames():
    for operation in (SUBMIT, QUERY):
        for value in (1, "1"):
            message = request(operation, encoding="pcm")
            message["request"]["with_timestamp"] = value
            words, _ = await frontends(message, GZIP)
            spelt = "".join(w["word"] for w in words)
            expect("字节跳动" in spelt, f"words {spelt!r}")


async def frontends(message, compression):
    """Words and phonemes of all 0xC frames, which must come before the last audio and lie within it."""
    async with connect() as ws:
        await ws.send(frame(message, compression))
        frames = []
        while not frames or frames[-1].flags != 3:
            frames.append(Frame(await ws.recv()))
    found = [f for f in frames if f.type == FRONTEND]
    expect(found, "no 0xC frame")
    seconds = hear(b"".join(f.payload for f in frames if f.type == AUDIO), "pcm", "s16le", 24000)["seconds"]
    words, phonemes = [], []
    for f in found:
        equal("flags, serialization", (f.flags, f.raw[2] >> 4), (0, 1))
        outer = json.loads(f.payload)
        expect(re.match(r"^\d+$", outer["duration"]), f"duration {outer['duration']!r}")
        inner = json.loads(outer["frontend"])
        words += inner["words"]
        phonemes += inner["phonemes"]
    within("duration in ms", int(found[-1].json()["duration"]), seconds * 1000 - 150, seconds * 1000 + 150)
    for items in (words, phonemes):
        previous = 0.0
        for item in items:
            expect(previous - 0.001 <= item["start_time"] <= item["end_time"], f"time runs backwards at {item}")
            previous = item["end_time"]
        expect(previous <= seconds + 0.05, f"last entry ends at {previous} of {seconds:.3f} s")
    return words, phonemes


# ---- errors ------------------------------------------------------------------------------------------------------

def without(*path):
    message = request(SUBMIT)
    node = message
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return message


REFUSALS = {
    "empty-text": (lambda: request(SUBMIT, text=""), {3011}),
    "punctuation-only": (lambda: request(SUBMIT, text="，。！"), {3011}),
    "missing-text": (lambda: without("request", "text"), {3001, 3011}),
    "text-too-long": (lambda: request(SUBMIT, text="a" * 1025), {3010}),
    "text-too-long-in-bytes": (lambda: request(SUBMIT, text="字" * 342), {3010}),
    "unknown-operation": (lambda: request("stream"), {3001}),
    "unknown-encoding": (lambda: request(SUBMIT, encoding="flac"), {3001}),
    "unknown-rate": (lambda: request(SUBMIT, rate=12345), {3001}),
    "unknown-voice": (lambda: request(SUBMIT, voice_type="no_such_voice"), {3050}),
    "missing-reqid": (lambda: without("request", "reqid"), {3001}),
    "missing-operation": (lambda: without("request", "operation"), {3001}),
    "missing-voice": (lambda: without("audio", "voice_type"), {3001}),
    "missing-appid": (lambda: without("app", "appid"), {3001}),
    "missing-uid": (lambda: without("user", "uid"), {3001}),
    "wrong-type": (lambda: {**request(SUBMIT), "audio": []}, {3001}),
}


def refusal(name, message, codes):
    @check(f"error-{name}")
    async def refuse():
        for compression in (GZIP, PLAIN):
            async with connect() as ws:
                await ws.send(frame(message(), compression))
                error(await ws.recv(), codes, compression)


for name, (message, codes) in REFUSALS.items():
    refusal(name, message, codes)


@check("text-of-1024-bytes")
async def text_1024():
    async with connect() as ws:
        await answers(ws, request(SUBMIT, text="a" * 1024))


@check("error-duplicate-reqid")
async def duplicate_reqid():
    message = request(SUBMIT)
    async with connect() as ws:
        await answers(ws, message)
        await ws.send(frame(message))
        error(await ws.recv(), {3006}, GZIP)
    async with connect() as ws:
        await ws.send(frame(message))
        error(await ws.recv(), {3006}, GZIP)


BROKEN = {
    "not-json": lambda: frame(b"{", PLAIN),
    "not-gzip": lambda: b"\x11\x10\x11\x00\x00\x00\x00\x04abcd",
    "cut-gzip": lambda: resized(frame(request(SUBMIT))[:-9]),
    "wrong-message-type": lambda: b"\x11\x20\x10\x00" + frame(request(SUBMIT), PLAIN)[4:],
    "unsupported-serialization": lambda: b"\x11\x10\x30\x00" + frame(request(SUBMIT), PLAIN)[4:],
    "unsupported-compression": lambda: b"\x11\x10\x1f\x00" + frame(request(SUBMIT), PLAIN)[4:],
    "size-too-large": lambda: frame(request(SUBMIT), PLAIN)[:4] + b"\xff\xff\xff\xff" + frame(request(SUBMIT), PLAIN)[8:],
    "cut-in-the-size": lambda: frame(request(SUBMIT))[:6],
    "empty-message": lambda: b"",
    "text-message": lambda: json.dumps(request(SUBMIT)),
}


def broken(name, message):
    @check(f"error-{name}")
    async def refuse():
        async with connect() as ws:
            await ws.send(message())
            error(await ws.recv(), {3001})
        async with connect() as ws:  # the server lives on
            await answers(ws, request(QUERY))


for name, message in BROKEN.items():
    broken(name, message)


# ---- the HTTP twin, and a server that checks credentials ---------------------------------------------------------

@checks.check("http-query")
def http_query():
    status, body, headers = post(URL, f"Bearer;{TOKEN}", request(QUERY))
    equal("status and code", (status, body["code"]), (200, 3000))
    equal("end", (body["operation"], body["message"], body["sequence"]), ("query", "Success", -1))
    expect(re.fullmatch(r"\d{14}[0-9A-F]{20}", headers["X-Tt-Logid"]), f"X-Tt-Logid {headers['X-Tt-Logid']}")
    heard = hear(base64.b64decode(body["data"]), "mp3")
    expect(abs(heard["seconds"] - int(body["addition"]["duration"]) / 1000) < 0.2, f"{heard} {body['addition']}")


@checks.check("http-errors")
def http_errors():
    for status, code, authorization, message in ((401, 3001, "", request(QUERY)),
                                                 (401, 3001, f"Bearer {TOKEN}", request(QUERY)),
                                                 (200, 3001, f"Bearer;{TOKEN}", request(SUBMIT)),
                                                 (200, 3011, f"Bearer;{TOKEN}", request(QUERY, text=""))):
        found, body, _ = post(URL, authorization, message)
        equal("status and code", (found, body["code"]), (status, code))
        expect("data" not in body, "an error with data")


@checks.strict("http")
def strict_http():
    for status, code, token, appid, cluster in ((200, 3000, "matrix-token", "matrix-appid", "volcano_tts"),
                                                (401, 3001, "nonsense", "matrix-appid", "volcano_tts"),
                                                (401, 3001, "matrix-token", "nonsense", "volcano_tts"),
                                                (403, 3001, "matrix-token", "matrix-appid", "volcano_icl")):
        found, body, _ = post(STRICT_URL, f"Bearer;{token}", for_app(appid, cluster))
        equal("status and code", (found, body["code"]), (status, code))


@check("strict-socket") if STRICT_URL else (lambda function: function)
async def strict_socket():
    async with connect({"Authorization": "Bearer; matrix-token"}, base=STRICT_URL) as ws:
        for appid, cluster in (("nonsense", "volcano_tts"), ("matrix-appid", "volcano_icl")):
            await ws.send(frame(for_app(appid, cluster)))
            answer = await ws.recv()
            equal("type and code", (answer[1] >> 4, int.from_bytes(answer[4:8], "big")), (ERROR, 3001))
        await ws.send(frame(for_app("matrix-appid", "volcano_tts")))
        equal("type", (await ws.recv())[1] >> 4, AUDIO)
    await refused({"Authorization": "Bearer; nonsense"}, PATH, 401, base=STRICT_URL)


def for_app(appid, cluster):
    message = request(QUERY)
    message["app"] = {"appid": appid, "token": "access_token", "cluster": cluster}
    return message


def post(base, authorization, message):
    url = base.replace("ws", "http", 1) + "/api/v1/tts"
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    asked = urllib.request.Request(url, json.dumps(message).encode(), headers)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer), answer.headers


# ---- plumbing ----------------------------------------------------------------------------------------------------

class Frame:
    """A server frame read by the documented layout; every byte must be accounted for."""

    def __init__(self, raw):
        expect(isinstance(raw, bytes), f"a text message: {raw!r}")
        self.raw, at = raw, (raw[0] & 0xF) * 4
        self.type, self.flags, self.compression = raw[1] >> 4, raw[1] & 0xF, raw[2] & 0xF
        self.code = self.sequence = None
        if self.type == ERROR:
            self.code, at = int.from_bytes(raw[at:at + 4], "big"), at + 4
        elif self.flags in (1, 3):
            self.sequence, at = int.from_bytes(raw[at:at + 4], "big", signed=True), at + 4
        size = int.from_bytes(raw[at:at + 4], "big")
        equal("declared payload size", size, len(raw) - at - 4)
        self.payload = gzip.decompress(raw[at + 4:]) if self.compression == 1 else raw[at + 4:]

    def json(self):
        return json.loads(self.payload)


def connect(headers=None, path=PATH, base=URL, **options):
    headers = {"Authorization": f"Bearer; {TOKEN}"} if headers is None else headers
    option = {"extra_headers" if LEGACY else "additional_headers": headers}
    return websockets.connect(base + path, ping_interval=None, **option, **options)


def request(operation, text=TEXT, **audio):
    return {
        "app": {"appid": "APPID", "token": "access_token", "cluster": "volcano_tts"},
        "user": {"uid": "UID"},
        "audio": {"voice_type": "zh_female_wanwanxiaohe_moon_bigtts", "encoding": "mp3",
                  "speed_ratio": 1.0, "volume_ratio": 1.0, "pitch_ratio": 1.0, **audio},
        "request": {"reqid": str(uuid.uuid4()), "text": text, "text_type": "plain", "operation": operation},
    }


def frame(message, compression=GZIP):
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    payload = gzip.compress(payload) if compression == GZIP else payload
    return bytes([0x11, 0x10, 0x10 | compression, 0]) + len(payload).to_bytes(4, "big") + payload


def resized(raw):
    """The frame with a size that fits its payload again."""
    return raw[:4] + (len(raw) - 8).to_bytes(4, "big") + raw[8:]


async def answers(ws, message, compression=GZIP):
    """The audio frames of a request that must succeed; nothing but ACK and audio may come."""
    await ws.send(frame(message, compression))
    first = Frame(await ws.recv())
    if (first.type, first.flags) == (AUDIO, 0) and message["request"]["operation"] == SUBMIT:
        first = Frame(await ws.recv())
    return [first, *await rest(ws, first)]


async def rest(ws, first):
    frames = [first]
    while True:
        last = frames[-1]
        if last.type == ERROR:
            raise Failed(f"error {last.code}: {last.payload.decode('utf-8', 'replace')}")
        equal("message type", last.type, AUDIO)
        equal("compression of audio", last.compression, PLAIN)
        if last.flags == 3:
            expect(last.payload, "the last frame is empty")
            return frames[1:]
        frames.append(Frame(await ws.recv()))


async def silent(ws, seconds=0.3):
    """Nothing more may arrive."""
    try:
        extra = await asyncio.wait_for(ws.recv(), seconds)
    except (asyncio.TimeoutError, websockets.ConnectionClosed):
        return
    raise Failed(f"another message: {extra[:16]!r}")


def error(raw, codes, compression=None):
    found = Frame(raw)
    equal("type, flags", (found.type, found.flags), (ERROR, 0))
    if compression is not None:
        equal("compression of the error", found.compression, compression)
    text = found.payload.decode("utf-8")
    expect(found.code in codes, f"code {found.code} ({text}), expected {codes}")
    expect(text, "no error text")


async def refused(headers, path, status, base=URL):
    try:
        async with connect(headers, path, base):
            pass
    except websockets.InvalidHandshake as error:
        found = getattr(error, "status_code", None) or error.response.status_code
        equal(f"status of {path} with {headers}", found, status)
        return
    raise Failed(f"{path} with {headers} was accepted")


checks.run()
