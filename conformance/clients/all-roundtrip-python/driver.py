"""What the services speak, their neighbour recognises: text to sound, through ffmpeg, and back to the same text.

Huawei, IBM and Volcengine synthesise through `websocket-client` and the `ibm-watson` SDK; Huawei recognises in its three
modes. Word times of the recognition are compared with those that the synthesis announced.
"""

import gzip
import json
import subprocess
import unicodedata
import uuid

import websocket
from checks import TOKEN, URL, Checks, Failed, equal, expect
from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator
from ibm_watson import TextToSpeechV1
from ibm_watson.websocket import SynthesizeCallback

PROJECT = "0123456789abcdef0123456789abcdef"
MODES = ("short-stream", "sentence-stream", "continue-stream")
ENGLISH = "The quick brown fox, aged 42, doesn't jump over 3.14 lazy dogs."
CHINESE = "今天天气很好，我们去公园散步。"
DIGITS = "Call 555 0199 at 12:30, room 7 costs 1,250.75 in 2026."
EMOJI = "Well done 👍 team 😀 see you 🚀 soon."
TEXTS = {"english": ENGLISH, "chinese": CHINESE, "digits": DIGITS, "emoji": EMOJI}
# Announced and heard times may be this far apart; an announced interval may begin or end so much inside the sound.
APART_MS, COVER_MS = 30, 10

checks = Checks()


# ---- Huawei --------------------------------------------------------------------------------------------------------

def rtts(audio_format, rate, name, text):
    @checks.check(f"huawei-{audio_format}-{rate}-{name}")
    def check():
        audio, announced = speak_huawei(text, audio_format, rate)
        if audio_format in ("alaw", "ulaw"):
            return comes_back(text, audio, f"{audio_format}{rate // 1000}k8bit", announced)
        pcm = audio if audio_format == "pcm" else decoded(audio, rate)
        return comes_back(text, pcm, f"pcm{rate // 1000}k16bit", announced if audio_format == "pcm" else None)


def speak_huawei(text, audio_format, rate):
    ws = websocket.create_connection(f"{URL}/v1/{PROJECT}/rtts", timeout=30, header={"X-Auth-Token": TOKEN})
    ws.send(json.dumps({"command": "START", "text": text, "config": {
        "audio_format": audio_format, "sample_rate": str(rate), "property": "chinese_huaxiaomei_common",
        "subtitle": "word_level"}}))
    audio, announced = bytearray(), []
    while True:
        opcode, data = ws.recv_data()
        if opcode == websocket.ABNF.OPCODE_BINARY:
            audio += data
            continue
        message = json.loads(data)
        if message["resp_type"] == "RESULT":
            announced += [(e["text"], e["start_time"], e["end_time"]) for e in message["result"]]
        if message["resp_type"] in ("END", "ERROR", "FATAL_ERROR"):
            break
    ws.close()
    equal("end", (message["resp_type"], message.get("reason")), ("END", "NORMAL"))
    expect(announced, "no subtitles")
    return bytes(audio), announced


for language, words in TEXTS.items():
    for hertz in (8000, 16000):
        for encoding in ("pcm", "alaw", "ulaw", "mp3"):
            rtts(encoding, hertz, language, words)


# ---- IBM -----------------------------------------------------------------------------------------------------------

class Collector(SynthesizeCallback):
    def __init__(self):
        super().__init__()
        self.audio, self.words, self.problem = bytearray(), [], None

    def on_audio_stream(self, audio_stream):
        self.audio += audio_stream

    def on_timing_information(self, timing_information):
        self.words += timing_information.get("words", [])

    def on_error(self, error):
        # This SDK reports a normal close as an error, too.
        if "code 1000" not in str(error):
            self.problem = error


def watson(accept, raw, name, text):
    @checks.check(f"ibm-{accept}-{name}")
    def check():
        audio, announced = speak_watson(text, accept)
        suits = "mp3" not in accept and "mpeg" not in accept
        for rate in (16000, 8000):
            comes_back(text, decoded(audio, rate, raw), f"pcm{rate // 1000}k16bit", announced if suits else None)


def speak_watson(text, accept):
    service = TextToSpeechV1(authenticator=BearerTokenAuthenticator(TOKEN))
    service.set_service_url(URL)
    collector = Collector()
    service.synthesize_using_websocket(text, collector, accept=accept, voice="en-US_AllisonV3Voice", timings=["words"])
    expect(collector.problem is None, f"error: {collector.problem}")
    expect(collector.audio and collector.words, f"{len(collector.audio)} bytes, {len(collector.words)} words")
    return bytes(collector.audio), [(word, start * 1000, end * 1000) for word, start, end in collector.words]


for mime, kind in (("audio/wav;rate=22050", None), ("audio/flac;rate=44100", None), ("audio/mp3", None),
                   ("audio/ogg;codecs=opus", None), ("audio/ogg;codecs=opus;rate=8000", None), ("audio/webm", None),
                   ("audio/basic", ("mulaw", 8000)), ("audio/mulaw;rate=16000", ("mulaw", 16000)),
                   ("audio/alaw;rate=8000", ("alaw", 8000)), ("audio/l16;rate=24000", ("s16le", 24000)),
                   ("audio/l16;rate=48000;endianness=big-endian", ("s16be", 48000))):
    for language in ("english", "digits"):
        watson(mime, kind, language, TEXTS[language])
watson("audio/wav", None, "emoji", EMOJI)


# ---- Volcengine ----------------------------------------------------------------------------------------------------

def volcengine(encoding, rate, name, text):
    @checks.check(f"volcengine-{encoding}-{rate}-{name}")
    def check():
        audio, announced = speak_volcengine(text, encoding, rate)
        raw = ("s16le", rate) if encoding == "pcm" else None
        for hertz in (16000, 8000):
            comes_back(text, decoded(audio, hertz, raw), f"pcm{hertz // 1000}k16bit",
                       announced if encoding != "mp3" else None)


def speak_volcengine(text, encoding, rate):
    ws = websocket.create_connection(f"{URL}/api/v1/tts/ws_binary", timeout=30,
                                     header={"Authorization": f"Bearer; {TOKEN}"})
    payload = gzip.compress(json.dumps({
        "app": {"appid": "APPID", "token": "access_token", "cluster": "volcano_tts"}, "user": {"uid": "UID"},
        "audio": {"voice_type": "BV001_streaming", "encoding": encoding, "rate": rate},
        "request": {"reqid": str(uuid.uuid4()), "text": text, "text_type": "plain", "operation": "submit",
                    "with_frontend": 1, "frontend_type": "unitTson"}}).encode())
    ws.send_binary(b"\x11\x10\x11\x00" + len(payload).to_bytes(4, "big") + payload)
    audio, announced = bytearray(), []
    while True:
        _, data = ws.recv_data()
        kind, flags, body = data[1] >> 4, data[1] & 15, data[4:]
        if kind == 0xF:
            raise Failed(f"error {int.from_bytes(body[:4], 'big')}")
        if kind == 0xC:
            text_json = gzip.decompress(body[4:]) if data[2] & 15 == 1 else body[4:]
            inner = json.loads(json.loads(text_json)["frontend"])
            announced += [(w["word"], w["start_time"] * 1000, w["end_time"] * 1000) for w in inner["words"]]
        elif flags:
            audio += body[8:]
            if flags == 3:
                break
    ws.close()
    expect(announced, "no front-end frame")
    return bytes(audio), announced


for encoding in ("pcm", "wav", "mp3", "ogg_opus"):
    for hertz in (24000, 16000, 8000):
        volcengine(encoding, hertz, "chinese", CHINESE)
    for language in ("english", "digits", "emoji"):
        volcengine(encoding, 24000, language, TEXTS[language])


# ---- the way back --------------------------------------------------------------------------------------------------

def decoded(audio, rate, raw=None):
    """The sound as ffmpeg decodes and resamples it."""
    source = ["-f", raw[0], "-ar", str(raw[1]), "-ac", "1"] if raw else []
    done = subprocess.run(["ffmpeg", "-v", "error", *source, "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", str(rate),
                           "pipe:1"], input=audio, capture_output=True, check=False)
    expect(done.stdout, f"ffmpeg made nothing: {done.stderr.decode()[-200:]}")
    return done.stdout


def comes_back(text, audio, audio_format, announced):
    """The sound is recognised as the text in every mode, at the announced times if there are any."""
    for mode in MODES:
        segments = recognise(mode, audio, audio_format, add_punc="yes", need_word_info="yes", vad_tail=3000)
        words = [w for s in segments for w in s["result"]["word_info"]]
        spoken = "".join(s["result"]["text"] for s in segments)
        equal(f"text by {mode} in {audio_format}", squeezed(spoken), squeezed(text))
        equal(f"words by {mode}", letters("".join(w["word"] for w in words)), letters(text))
        for segment in segments:
            for word in segment["result"]["word_info"]:
                expect(segment["start_time"] <= word["start_time"] <= word["end_time"] <= segment["end_time"],
                       f"{word} is not inside {segment['start_time']}..{segment['end_time']}")
        if announced:
            times_agree(announced, [(w["word"], w["start_time"], w["end_time"]) for w in words])
    bare = "".join(s["result"]["text"] for s in recognise(MODES[0], audio, audio_format))
    expect(not set("，。") & set(bare) and not bare.endswith("."), f"punctuation in {bare!r} without add_punc")


def recognise(mode, audio, audio_format, **config):
    ws = websocket.create_connection(f"{URL}/v1/{PROJECT}/rasr/{mode}", timeout=30, header={"X-Auth-Token": TOKEN})
    rate = "8k" if "8k" in audio_format.replace("k8bit", "k") else "16k"
    ws.send(json.dumps({"command": "START", "config": {
        "audio_format": audio_format, "property": f"chinese_{rate}_common", "interim_results": "yes", **config}}))
    for at in range(0, len(audio), 3200):
        ws.send_binary(audio[at:at + 3200])
    ws.send(json.dumps({"command": "END", "cancel": False}))
    finals, interim = [], []
    while True:
        message = json.loads(ws.recv())
        if message["resp_type"] in ("ERROR", "FATAL_ERROR"):
            raise Failed(f"{message['error_code']} {message['error_msg']}")
        if message["resp_type"] == "END":
            break
        for segment in message.get("segments", []):
            (finals if segment["is_final"] else interim).append(segment)
    ws.close()
    expect(finals, f"no final result by {mode}")
    expect(interim, f"no interim result by {mode}")
    grown = [s["result"]["text"] for s in interim if s["start_time"] == finals[0]["start_time"]]
    expect(all(finals[0]["result"]["text"].startswith(t) for t in grown), f"interim results {grown}")
    expect(all(len(a) < len(b) for a, b in zip(grown, grown[1:])), f"interim results do not grow: {grown}")
    return finals


def times_agree(announced, heard):
    """Every announced interval covers the words in it, and begins and ends with them."""
    spans = [(letter, n) for n, (text, _, _) in enumerate(announced) for letter in letters(text)]
    equal("announced letters", "".join(letter for letter, _ in spans), letters("".join(w for w, _, _ in heard)))
    at = 0
    for word, start, end in heard:
        length = len(letters(word))
        if not length:
            continue
        first, last = spans[at][1], spans[at + length - 1][1]
        opens = at == 0 or spans[at - 1][1] != first
        at += length
        closes = at == len(spans) or spans[at][1] != last
        told = announced[first][1], announced[last][2]
        expect(told[0] - COVER_MS <= start and end <= told[1] + COVER_MS, f"{word} {start}..{end} announced {told}")
        expect(not opens or abs(start - told[0]) <= APART_MS, f"{word} begins at {start}, announced {told[0]}")
        expect(not closes or abs(end - told[1]) <= APART_MS, f"{word} ends at {end}, announced {told[1]}")


def letters(text):
    """The text without white space and punctuation."""
    return "".join(c for c in text if unicodedata.category(c)[0] not in "PZC")


def squeezed(text):
    return "".join(text.split())


checks.run()
