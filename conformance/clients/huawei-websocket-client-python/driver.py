"""Huawei SIS through `websocket-client`: the flows of the vendor's Python pages, and what they can meet."""

import json
import math
import re
import subprocess
import threading
import time

import websocket
from checks import TOKEN, URL, Checks, Failed, equal, expect, hear, until, within

PROJECT = "0123456789abcdef0123456789abcdef"
TEXT = "今天天气很好，我们去公园散步。"
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
RAW = {"pcm": "s16le", "alaw": "alaw", "ulaw": "mulaw"}
MODES = ("short-stream", "sentence-stream", "continue-stream")

checks = Checks()


# ---- the vendor's pages ------------------------------------------------------------------------------------------

@checks.check("rtts-page-flow")
def rtts_page_flow():
    page = Page("rtts")
    page.send({"command": "START", "text": TEXT, "config": {
        "audio_format": "pcm", "property": "chinese_xiaoyu_common", "sample_rate": "8000"}})
    page.wait_for_end()
    page.close()
    equal("errors", page.errors, [])
    equal("first message", page.texts[0]["resp_type"], "START")
    equal("last message", page.messages[-1], {**page.texts[0], "resp_type": "END", "reason": "NORMAL"})
    equal("text messages", [m["resp_type"] for m in page.texts], ["START", "END"])
    expect(UUID.match(page.texts[0]["trace_id"]), f"trace_id {page.texts[0]['trace_id']!r} is no UUID")
    hear(page.audio, "pcm", "s16le", 8000)


@checks.check("short-stream-page-flow")
def short_stream_page_flow():
    data = speech(8000, ("silence", 0.3), ("voice", 1.1), ("silence", 0.3))
    page = Page("rasr/short-stream")
    page.send({"command": "START", "config": {"audio_format": "pcm8k16bit", "property": "chinese_8k_common"}})
    for at in range(0, len(data), 4000):
        page.ws.send(data[at:at + 4000], opcode=websocket.ABNF.OPCODE_BINARY)
        time.sleep(0.005)
    page.ws.send('{"command": "END", "cancel": "false"}', opcode=websocket.ABNF.OPCODE_TEXT)
    page.wait_for_end()
    page.close()
    equal("errors", page.errors, [])
    equal("binary messages in recognition", page.audio, b"")
    equal("first message", page.texts[0]["resp_type"], "START")
    equal("last message", page.texts[-1]["reason"], "NORMAL")
    finals(page.texts, 1700)
    expect(all(UUID.match(m["trace_id"]) for m in page.texts), "a message without a trace_id")


@checks.check("missing-token-as-the-page-reports-it")
def missing_token_page():
    page = Page("rtts", header={}, connect=False)
    until(lambda: page.errors, 10, "on_error")
    error = page.errors[0]
    expect(isinstance(error, websocket.WebSocketBadStatusException), f"on_error got {error!r}")
    equal("status", error.status_code, 401)
    refusal(error, "APIG.0301")


# ---- handshake ---------------------------------------------------------------------------------------------------

@checks.check("missing-and-empty-token-401")
def missing_token():
    for path in ("rtts", *(f"rasr/{mode}" for mode in MODES)):
        for header in ({}, {"X-Auth-Token": ""}):
            refusal(refused(path, header, 401), "APIG.0301")


@checks.check("wrong-path-404")
def wrong_path():
    for path in ("rtt", "asr/short-stream", "rasr/long-stream"):
        refusal(refused(path, {"X-Auth-Token": TOKEN}, 404), "APIG.0101")
    refusal(refused("rtts", {"X-Auth-Token": TOKEN}, 404, base="/v1"), "APIG.0101")


@checks.check("optional-headers-and-origin-accepted")
def optional_headers():
    with Connection("rtts", {"Enterprise-Project-Id": "0", "X-Language": "en-us"}) as sis:
        sis.send(rtts())
        equal("reason", sis.until_end()[-1]["reason"], "NORMAL")


@checks.check("ping-is-answered")
def ping():
    with Connection("rasr/short-stream") as sis:
        sis.ws.ping("mynah")
        opcode, frame = sis.ws.recv_data_frame(control_frame=True)
        equal("answer", (opcode, frame.data), (websocket.ABNF.OPCODE_PONG, b"mynah"))


@checks.check("close-is-echoed")
def close_is_echoed():
    with Connection("rtts") as sis:
        sis.send(rtts())
        sis.until_end()
        sis.ws.send_close(1000, b"")
        equal("close", sis.receive(), ("close", 1000))


# ---- rtts --------------------------------------------------------------------------------------------------------

@checks.check("rtts-without-config")
def rtts_without_config():
    with Connection("rtts") as sis:
        sis.send({"command": "START", "text": TEXT})
        messages = sis.until_end()
        equal("reason", messages[-1]["reason"], "NORMAL")
        hear(sis.audio, "pcm", "s16le", 8000)


def rtts_format(audio_format, rate, voice):
    @checks.check(f"rtts-{audio_format}-{rate}")
    def check():
        heard = spoken(rtts(audio_format=audio_format, sample_rate=str(rate), property=voice))
        equal("rate", heard["rate"], rate)
        if audio_format == "mp3":
            equal("codec", heard["codec"], "mp3")
        else:
            whole = spoken(rtts(audio_format="pcm", sample_rate=str(24000 - rate), property=voice))
            within(f"seconds beside pcm at {24000 - rate} Hz", heard["seconds"] - whole["seconds"], -0.05, 0.05)


for hertz in (8000, 16000):
    for name in RAW:
        rtts_format(name, hertz, "chinese_xiaoyan_common")
    rtts_format("mp3", hertz, "chinese_huaxiaomei_common")


@checks.check("rtts-numeric-sample-rate")
def rtts_numeric_rate():
    equal("rate", spoken(rtts(sample_rate=16000), rate=16000)["rate"], 16000)


@checks.check("rtts-speed-changes-duration")
def rtts_speed():
    slow, normal, fast = (spoken(rtts(speed=speed))["seconds"] for speed in (-500, 0, 500))
    expect(slow > normal > fast, f"seconds at speed -500, 0, 500: {slow:.2f}, {normal:.2f}, {fast:.2f}")


@checks.check("rtts-same-request-same-bytes")
def rtts_same_bytes():
    sounds = []
    for text in (TEXT, TEXT, TEXT + "再见。"):
        with Connection("rtts") as sis:
            sis.send(rtts(text=text))
            sis.until_end()
            sounds.append(sis.audio)
    equal("second run equals the first", sounds[0] == sounds[1], True)
    expect(len(sounds[2]) > len(sounds[0]), "a longer text is not longer")


@checks.check("rtts-subtitle-word-level")
def rtts_word_level():
    entries = subtitles("word_level")
    expect(all("phonemes" not in entry for entry in entries), "phonemes without phoneme_level")


@checks.check("rtts-subtitle-phoneme-level")
def rtts_phoneme_level():
    for entry in subtitles("phoneme_level"):
        expect(entry.get("phonemes"), f"no phonemes in {entry}")
        for index, phoneme in enumerate(entry["phonemes"]):
            equal("phoneme_index", phoneme["phoneme_index"], index)
            expect(isinstance(phoneme["phoneme"], str) and phoneme["phoneme"], f"no phoneme in {phoneme}")
            within("phoneme start_time", phoneme["start_time"], entry["start_time"], entry["end_time"])
            within("phoneme end_time", phoneme["end_time"], phoneme["start_time"], entry["end_time"])


def subtitles(level):
    with Connection("rtts") as sis:
        sis.send(rtts(text="Nice to meet you. 今天天气很好。", subtitle=level, sample_rate="16000",
                      property="chinese_huaxiaomei_common"))
        messages = sis.until_end()
        equal("reason", messages[-1]["reason"], "NORMAL")
        seconds = hear(sis.audio, "pcm", "s16le", 16000)["seconds"]
    results = [m for m in messages if m["resp_type"] == "RESULT"]
    expect(results, "no RESULT came")
    entries = [entry for message in results for entry in message["result"]]
    expect({"Nice", "to", "meet"} <= {entry["text"] for entry in entries}, f"words missing in {entries}")
    expect(any("天" in entry["text"] for entry in entries), f"characters missing in {entries}")
    previous = 0
    for entry in entries:
        expect(all(type(entry[key]) is int for key in ("start_time", "end_time", "word_index")), f"types in {entry}")
        expect(previous <= entry["start_time"] <= entry["end_time"], f"time runs backwards at {entry}")
        previous = entry["end_time"]
    equal("first word_index", entries[0]["word_index"], 0)
    expect(previous <= seconds * 1000 + 50, f"last word ends at {previous} ms of {seconds * 1000:.0f} ms")
    return entries


@checks.check("rtts-500-characters-accepted")
def rtts_500():
    spoken(rtts(text="好" * 500))


RTTS_REFUSALS = {
    "bad-audio-format": (dict(audio_format="flac"), {"SIS.0410", "SIS.0032"}),
    "bad-sample-rate": (dict(sample_rate="44100"), {"SIS.0402"}),
    "bad-voice": (dict(property="klingon_worf_common"), {"SIS.0411"}),
    "speed-out-of-range": (dict(speed=501), {"SIS.0415"}),
    "pitch-out-of-range": (dict(pitch=-501), {"SIS.0415"}),
    "volume-out-of-range": (dict(volume=101), {"SIS.0415"}),
    "bad-subtitle": (dict(subtitle="sentence_level"), {"SIS.0415"}),
    "text-too-long": (dict(text="好" * 501), {"SIS.0415"}),
    "text-empty": (dict(text=""), {"SIS.0415", "SIS.0012"}),
    "text-missing": (dict(text=None), {"SIS.0415", "SIS.0012"}),
}


def rtts_refusal(name, changes, codes):
    @checks.check(f"rtts-{name}")
    def check():
        message = rtts(**changes)
        if message["text"] is None:
            del message["text"]
        with Connection("rtts") as sis:
            sis.send(message)
            sis.error(codes)
            equal("audio", sis.audio, b"")


for name, (changes, codes) in RTTS_REFUSALS.items():
    rtts_refusal(name, changes, codes)


@checks.check("rtts-not-json-and-unknown-command")
def rtts_not_json():
    for text, codes in (("{START", {"SIS.0032"}), ('{"command":"STOP"}', {"SIS.0415", "SIS.0031"})):
        with Connection("rtts") as sis:
            sis.ws.send(text)
            sis.error(codes)


@checks.check("rtts-second-start-0418")
def rtts_second_start():
    with Connection("rtts") as sis:
        sis.send(rtts())
        sis.send(rtts(text="第二句。"))
        messages = sis.until_end()
        # In burst mode the running task may have ended before the second START is read.
        sis.error({"SIS.0418"}, messages if any(m["resp_type"] == "ERROR" for m in messages) else None)
        equal("the running task ends", messages[-1]["reason"], "NORMAL")
        hear(sis.audio, "pcm", "s16le", 8000)
    with Connection("rtts") as sis:
        sis.send(rtts())
        sis.until_end()
        for _ in range(2):
            sis.send(rtts())
            sis.error({"SIS.0418"})


@checks.check("rtts-fragmented-start")
def rtts_fragmented():
    text = json.dumps(rtts())
    with Connection("rtts") as sis:
        sis.ws.send_frame(websocket.ABNF.create_frame(text[:20], websocket.ABNF.OPCODE_TEXT, 0))
        sis.ws.ping("between")
        sis.ws.send_frame(websocket.ABNF.create_frame(text[20:], websocket.ABNF.OPCODE_CONT, 1))
        equal("reason", sis.until_end()[-1]["reason"], "NORMAL")


# ---- rasr --------------------------------------------------------------------------------------------------------

def recognises(audio_format, rate, codec):
    @checks.check(f"rasr-{audio_format}")
    def check():
        data = speech(rate, ("silence", 0.2), ("voice", 1.0), ("silence", 0.3))
        if codec:
            data = subprocess.run(["ffmpeg", "-v", "error", "-f", "s16le", "-ar", str(rate), "-i", "-",
                                   "-f", codec, "-"], input=data, capture_output=True, check=True).stdout
        with Connection("rasr/short-stream") as sis:
            sis.recognise(data, audio_format=audio_format, property=f"chinese_{rate // 1000}k_common")
            finals(sis.texts, 1500)


for kind, codec in (("pcm{}16bit", None), ("ulaw{}8bit", "mulaw"), ("alaw{}8bit", "alaw")):
    for hertz in (8000, 16000):
        recognises(kind.format(f"{hertz // 1000}k"), hertz, codec)


@checks.check("rasr-nothing-is-awaited")
def rasr_no_waiting():
    with Connection("rasr/short-stream") as sis:
        sis.send(rasr())
        sis.ws.send_binary(speech(16000, ("voice", 1.5)))
        sis.send({"command": "END", "cancel": False})
        equal("order", [m["resp_type"] for m in sis.until_end()], ["START", "RESULT", "END"])
        finals(sis.texts, 1500)


@checks.check("rasr-text-depends-on-the-audio")
def rasr_text_depends():
    texts = set()
    for seconds in (0.8, 2.4):
        with Connection("rasr/short-stream") as sis:
            sis.recognise(speech(16000, ("silence", 0.2), ("voice", seconds)))
            texts.add("".join(s["result"]["text"] for s in finals(sis.texts, 5000)))
    equal("different texts for different audio", len(texts), 2)


@checks.check("rasr-start-again-after-end")
def rasr_start_again():
    with Connection("rasr/short-stream") as sis:
        for _ in range(3):
            sis.texts.clear()
            messages = sis.recognise(speech(16000, ("voice", 0.8)))
            equal("first", messages[0]["resp_type"], "START")
            finals(messages, 800)


@checks.check("rasr-interim-results")
def rasr_interim():
    data = speech(16000, ("silence", 0.2), ("voice", 3.0), ("silence", 0.2))
    with Connection("rasr/short-stream") as sis:
        messages = sis.recognise(data, chunk=3200, pause=0.02, interim_results="yes")
        segments = [s for m in messages if m["resp_type"] == "RESULT" for s in m["segments"]]
        interim = [s for s in segments if not s["is_final"]]
        expect(interim, "no interim result with interim_results yes")
        final = finals(messages, 3400)[-1]
        equal("start_time of interim and final", interim[-1]["start_time"], final["start_time"])
        expect(interim[-1]["end_time"] <= final["end_time"], "an interim result ends after the final one")
    with Connection("rasr/short-stream") as sis:
        messages = sis.recognise(data, chunk=3200, interim_results="no")
        expect(all(s["is_final"] for m in messages if m["resp_type"] == "RESULT" for s in m["segments"]),
               "an interim result with interim_results no")


@checks.check("rasr-word-info")
def rasr_word_info():
    data = speech(16000, ("silence", 0.2), ("voice", 1.5), ("silence", 0.3))
    with Connection("rasr/short-stream") as sis:
        segment = finals(sis.recognise(data, need_word_info="yes"), 2000)[0]
        words = segment["result"].get("word_info")
        expect(words, f"no word_info in {segment}")
        for word in words:
            expect(type(word["start_time"]) is int and type(word["end_time"]) is int and word["word"], f"types in {word}")
            within("word start_time", word["start_time"], segment["start_time"], word["end_time"])
            within("word end_time", word["end_time"], word["start_time"], segment["end_time"])
    with Connection("rasr/short-stream") as sis:
        segment = finals(sis.recognise(data), 2000)[0]
        expect("word_info" not in segment["result"], "word_info without need_word_info")


@checks.check("rasr-cancel")
def rasr_cancel():
    for cancel in (True, "true", "TRUE"):
        with Connection("rasr/short-stream") as sis:
            messages = sis.recognise(speech(16000, ("voice", 0.8)), end={"command": "END", "cancel": cancel},
                                     reason="CANCEL")
            equal("messages", [m["resp_type"] for m in messages], ["START", "END"])
    for end in ({"command": "END"}, {"command": "END", "cancel": "False"}):
        with Connection("rasr/short-stream") as sis:
            finals(sis.recognise(speech(16000, ("voice", 0.8)), end=end), 800)


@checks.check("rasr-sentence-stream-events")
def rasr_sentence():
    data = speech(16000, ("silence", 0.3), ("voice", 0.9), ("silence", 1.2), ("voice", 0.9), ("silence", 1.2))
    with Connection("rasr/sentence-stream") as sis:
        messages = sis.recognise(data, chunk=6400)
        events = [m["event"] for m in messages if m["resp_type"] == "EVENT"]
        equal("events", events, ["VOICE_START", "VOICE_END"])
        expect(all(type(m["timestamp"]) is int for m in messages if m["resp_type"] == "EVENT"), "timestamp type")
        equal("final segments: the second sentence is ignored", len(finals(messages, 1700)), 1)


@checks.check("rasr-sentence-stream-silence")
def rasr_silence():
    with Connection("rasr/sentence-stream") as sis:
        messages = sis.recognise(speech(16000, ("silence", 2.5)), chunk=6400, vad_head=1000)
        equal("events", [m["event"] for m in messages if m["resp_type"] == "EVENT"], ["EXCEEDED_SILENCE"])


@checks.check("rasr-continue-stream")
def rasr_continue():
    with Connection("rasr/continue-stream") as sis:
        sis.send(rasr())
        equal("answer", sis.next_text()["resp_type"], "START")
        sis.audio_frames(speech(16000, ("silence", 0.3), ("voice", 0.9), ("silence", 1.2)), 6400)
        equal("result before END", sis.next_text()["resp_type"], "RESULT")
        sis.audio_frames(speech(16000, ("voice", 0.9), ("silence", 1.2)), 6400)
        sis.send({"command": "END", "cancel": "false"})
        messages = sis.until_end()
        equal("reason", messages[-1]["reason"], "NORMAL")
        equal("events", [m for m in messages if m["resp_type"] == "EVENT"], [])
        segments = finals(messages, 4600)
        equal("final segments", len(segments), 2)
        expect(segments[0]["end_time"] <= segments[1]["start_time"], f"sentences overlap: {segments}")


RASR_REFUSALS = {
    "missing-config": ({"command": "START"}, {"SIS.0012"}),
    "missing-audio-format": ({"command": "START", "config": {"property": "chinese_16k_common"}}, {"SIS.0012"}),
    "missing-property": ({"command": "START", "config": {"audio_format": "pcm16k16bit"}}, {"SIS.0012"}),
    "bad-audio-format": ("audio_format", "mp3", {"SIS.0032"}),
    "format-does-not-match-model": ("audio_format", "pcm8k16bit", {"SIS.0301"}),
    "bad-add-punc": ("add_punc", "maybe", {"SIS.0031", "SIS.0032"}),
    "vad-head-out-of-range": ("vad_head", 60001, {"SIS.0031", "SIS.0032"}),
    "vad-tail-out-of-range": ("vad_tail", 3001, {"SIS.0031", "SIS.0032"}),
    "max-seconds-out-of-range": ("max_seconds", 61, {"SIS.0031", "SIS.0032"}),
    "unknown-command": ({"command": "STOP"}, {"SIS.0031", "SIS.0032"}),
    "missing-command": ({"config": {}}, {"SIS.0012"}),
}


def rasr_refusal(name, message, codes):
    @checks.check(f"rasr-{name}")
    def check():
        with Connection("rasr/short-stream") as sis:
            sis.send(message)
            sis.error(codes)
            finals(sis.recognise(speech(16000, ("voice", 0.8))), 800)


for name, (*message, codes) in RASR_REFUSALS.items():
    if len(message) == 2:
        message = [{"command": "START", "config": {"audio_format": "pcm16k16bit", "property": "chinese_16k_common",
                                                   message[0]: message[1]}}]
    rasr_refusal(name, message[0], codes)


@checks.check("rasr-not-json")
def rasr_not_json():
    with Connection("rasr/short-stream") as sis:
        sis.ws.send("START")
        sis.error({"SIS.0032"})


@checks.check("rasr-unknown-config-key-ignored")
def rasr_unknown_key():
    with Connection("rasr/short-stream") as sis:
        finals(sis.recognise(speech(16000, ("voice", 0.8)), max_second=30), 800)


@checks.check("rasr-second-start-in-session")
def rasr_second_start():
    with Connection("rasr/short-stream") as sis:
        sis.send(rasr())
        sis.send(rasr())
        messages = sis.until_end()
        equal("order", [m["resp_type"] for m in messages], ["START", "ERROR", "END"])
        equal("reason", messages[-1]["reason"], "ERROR")
        sis.audio_frames(speech(16000, ("voice", 0.5)), 6400)  # ignored until the next START
        finals(sis.recognise(speech(16000, ("voice", 0.8))), 800)


@checks.check("rasr-end-before-start")
def rasr_end_first():
    with Connection("rasr/short-stream") as sis:
        sis.send({"command": "END", "cancel": False})
        sis.error(None)
        finals(sis.recognise(speech(16000, ("voice", 0.8))), 800)


@checks.check("rasr-frame-sizes")
def rasr_frame_sizes():
    voice = speech(16000, ("voice", 3.0))
    for frames in ([voice[:65538]], [voice[:100], voice[:6400]]):
        with Connection("rasr/short-stream") as sis:
            sis.send(rasr())
            for frame in frames:
                sis.ws.send_binary(frame)
            messages = sis.until_end()
            sis.error(None, messages)
            equal("reason", messages[-1]["reason"], "ERROR")
    with Connection("rasr/short-stream") as sis:  # exactly the largest and smallest, then a short last frame
        sis.send(rasr())
        for frame in (voice[:65536], voice[:320], voice[:100]):
            sis.ws.send_binary(frame)
        sis.send({"command": "END"})
        equal("reason", sis.until_end()[-1]["reason"], "NORMAL")


# ---- plumbing ----------------------------------------------------------------------------------------------------

class Page:
    """The call sequence of the vendor's Python samples; waits for END where they sleep."""

    def __init__(self, path, header=None, connect=True):
        self.messages, self.texts, self.errors, self.audio = [], [], [], b""
        header = {"X-Auth-Token": TOKEN} if header is None else header
        self.ws = websocket.WebSocketApp(f"{URL}/v1/{PROJECT}/{path}", header,
                                         on_message=self.on_message, on_error=self.on_error)
        self.thread = threading.Thread(target=self.ws.run_forever, args=(None, None, 30, 20), daemon=True)
        self.thread.start()
        if connect:
            until(lambda: self.errors or (self.ws.sock and self.ws.sock.connected), 10, "the connection")

    def on_message(self, _, message):
        if isinstance(message, bytes):
            self.audio += message
            self.messages.append(message)
        else:
            self.texts.append(json.loads(message))
            self.messages.append(self.texts[-1])

    def on_error(self, _, error):
        self.errors.append(error)

    def send(self, body):
        self.ws.send(json.dumps(body), opcode=websocket.ABNF.OPCODE_TEXT)

    def wait_for_end(self):
        until(lambda: self.errors or (self.texts and self.texts[-1]["resp_type"] == "END"), 15, "END")

    def close(self):
        # Two threads of the library now wait for the server's close frame; whichever misses it sleeps on until its own
        # time-out, whatever the server does. So run_forever is not joined; close-is-echoed looks at the frame itself.
        self.ws.close()


class Connection:
    """One connection by `create_connection`, message by message."""

    def __init__(self, path, header=None):
        self.texts, self.audio = [], b""
        self.ws = websocket.create_connection(f"{URL}/v1/{PROJECT}/{path}", timeout=15,
                                              header={"X-Auth-Token": TOKEN, **(header or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ws.close(timeout=2)

    def send(self, message):
        self.ws.send(json.dumps(message))

    def audio_frames(self, data, size, pause=0.0):
        for at in range(0, len(data), size):
            self.ws.send_binary(data[at:at + size])
            time.sleep(pause)

    def receive(self):
        opcode, data = self.ws.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return "close", int.from_bytes(data[:2], "big")
        return ("text", json.loads(data)) if opcode == websocket.ABNF.OPCODE_TEXT else ("binary", data)

    def next_text(self):
        """The next text message; audio before it is kept."""
        while True:
            kind, value = self.receive()
            expect(kind != "close", f"closed with {value} after {[m['resp_type'] for m in self.texts]}")
            if kind == "binary":
                self.audio += value
                continue
            expect(UUID.match(value.get("trace_id", "")), f"trace_id in {value}")
            self.texts.append(value)
            return value

    def until_end(self):
        while self.next_text()["resp_type"] != "END":
            pass
        return list(self.texts)

    def error(self, codes, messages=None):
        """One ERROR with a code of `codes` (any, if None), either the next message or within `messages`."""
        found = [m for m in messages or [self.next_text()] if m["resp_type"] == "ERROR"]
        equal("number of ERROR", len(found), 1)
        expect(isinstance(found[0].get("error_msg"), str) and found[0]["error_msg"], f"no error_msg in {found[0]}")
        code = found[0].get("error_code")
        expect(re.match(r"^SIS\.\d{4}$", str(code)), f"error_code {code!r}")
        expect(codes is None or code in codes, f"error_code {code} ({found[0]['error_msg']}), expected {codes}")

    def recognise(self, data, chunk=4000, pause=0.0, end=None, reason="NORMAL", **config):
        """START, audio, END; the messages from START to END."""
        before = len(self.texts)
        self.send(rasr(**config))
        self.audio_frames(data, chunk, pause)
        self.send(end or {"command": "END", "cancel": "false"})
        while True:
            message = self.next_text()
            if message["resp_type"] == "ERROR":
                raise Failed(f"ERROR {message['error_code']} {message['error_msg']}")
            if message["resp_type"] == "END":
                break
        equal("reason", message["reason"], reason)
        equal("first message", self.texts[before]["resp_type"], "START")
        return self.texts[before:]


def rtts(text=TEXT, **config):
    return {"command": "START", "text": text,
            "config": {"audio_format": "pcm", "sample_rate": "8000", "property": "chinese_xiaoyan_common", **config}}


def rasr(**config):
    return {"command": "START", "config": {"audio_format": "pcm16k16bit", "property": "chinese_16k_common", **config}}


def spoken(message, rate=None):
    """What is heard of one synthesis that must succeed."""
    with Connection("rtts") as sis:
        sis.send(message)
        messages = sis.until_end()
        equal("messages", [m["resp_type"] for m in messages], ["START", "END"])
        equal("reason", messages[-1]["reason"], "NORMAL")
        config = message["config"]
        raw = RAW.get(config["audio_format"])
        return hear(sis.audio, config["audio_format"], raw, raw and (rate or int(config["sample_rate"])))


def finals(messages, limit_ms):
    """The final segments of a recognition, checked for shape and for lying within the audio."""
    segments = [s for m in messages if m["resp_type"] == "RESULT" for s in m["segments"] if s["is_final"] is True]
    expect(segments, f"no final result in {[m['resp_type'] for m in messages]}")
    for segment in segments:
        expect(type(segment["start_time"]) is int and type(segment["end_time"]) is int, f"times in {segment}")
        expect(0 <= segment["start_time"] <= segment["end_time"] <= limit_ms + 50,
               f"{segment['start_time']}..{segment['end_time']} ms is not within {limit_ms} ms of audio")
        expect(isinstance(segment["result"]["text"], str) and segment["result"]["text"].strip(), f"no text in {segment}")
        within("score", segment["result"]["score"], 0, 1)
    return segments


def speech(rate, *parts):
    """Sound with the energy of speech: 16-bit mono PCM made of ("voice" | "silence", seconds)."""
    pcm = bytearray()
    for kind, seconds in parts:
        for n in range(int(seconds * rate)):
            level = 0
            if kind == "voice":
                level = 9000 * math.sin(2 * math.pi * 220 * n / rate) + 5000 * math.sin(2 * math.pi * 1330 * n / rate)
            pcm += int(level).to_bytes(2, "little", signed=True)
    return bytes(pcm)


def refused(path, header, status, base=f"/v1/{PROJECT}"):
    """The handshake error of websocket-client, with the status that was expected."""
    try:
        websocket.create_connection(f"{URL}{base}/{path}", timeout=10, header=header).close()
    except websocket.WebSocketBadStatusException as error:
        equal(f"status of {base}/{path}", error.status_code, status)
        return error
    raise Failed(f"{base}/{path} with {header} was accepted")


def refusal(error, code):
    """The gateway's JSON body."""
    body = json.loads(error.resp_body)
    equal("error_code", body["error_code"], code)
    expect(body.get("error_msg") and body.get("request_id"), f"body {body}")


checks.run()
