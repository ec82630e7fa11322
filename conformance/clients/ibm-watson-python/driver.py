"""IBM Watson Text to Speech through the `ibm-watson` SDK for Python."""

import threading

import websocket
from checks import STRICT_URL, TOKEN, URL, Checks, equal, expect, hear
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import (
    BasicAuthenticator,
    BearerTokenAuthenticator,
    CloudPakForDataAuthenticator,
    IAMAuthenticator,
    NoAuthAuthenticator,
)
from ibm_watson import TextToSpeechV1
from ibm_watson.websocket import SynthesizeCallback, SynthesizeListener

TEXT = "I have a pet bird."
# accept value, content type that is announced (its beginning), codec or raw encoding, rate that a decoder must find
FORMATS = [
    ("*/*", "audio/ogg;codecs=opus", "opus", 48000),
    ("audio/ogg;codecs=opus", "audio/ogg;codecs=opus", "opus", 48000),
    *((f"audio/ogg;codecs=opus;rate={rate}", "audio/ogg", "opus", 48000) for rate in (48000, 24000, 16000, 12000, 8000)),
    ("audio/webm", "audio/webm", "opus", 48000),
    ("audio/webm;codecs=opus", "audio/webm", "opus", 48000),
    ("audio/wav", "audio/wav", "pcm_s16le", 22050),
    *((f"audio/wav;rate={rate}", "audio/wav", "pcm_s16le", rate) for rate in (8000, 16000, 44100, 192000)),
    ("audio/flac", "audio/flac", "flac", 22050),
    *((f"audio/flac;rate={rate}", "audio/flac", "flac", rate) for rate in (8000, 16000, 48000)),
    ("audio/mp3", "audio/mpeg", "mp3", 22050),
    ("audio/mpeg", "audio/mpeg", "mp3", 22050),
    *((f"audio/mp3;rate={rate}", "audio/mpeg", "mp3", rate) for rate in (8000, 16000, 44100)),
    ("audio/mpeg;rate=24000", "audio/mpeg", "mp3", 24000),
    ("audio/basic", "audio/basic", "raw:mulaw", 8000),
    *((f"audio/mulaw;rate={rate}", "audio/mulaw", "raw:mulaw", rate) for rate in (8000, 16000)),
    *((f"audio/alaw;rate={rate}", "audio/alaw", "raw:alaw", rate) for rate in (8000, 22050)),
    *((f"audio/l16;rate={rate}", "audio/l16", "raw:s16le", rate) for rate in (8000, 16000, 48000)),
    ("audio/l16; rate=16000", "audio/l16", "raw:s16le", 16000),
    ("audio/l16;rate=22050;endianness=little-endian", "audio/l16", "raw:s16le", 22050),
    ("audio/l16;rate=22050;endianness=big-endian", "audio/l16", "raw:s16be", 22050),
]

checks = Checks()


# ---- formats -----------------------------------------------------------------------------------------------------

def accepts(accept, content_type, codec, rate):
    @checks.check(f"accept {accept}")
    def check():
        result = synthesize(accept=accept, timings=["words"])
        result.completed()
        announced = result.content_types[0]
        expect(announced.replace(" ", "").startswith(content_type), f"content_type {announced!r}")
        heard = result.hear(accept, codec, rate)
        equal("rate", heard["rate"], rate)
        result.timed_words_within(heard["seconds"])


for row in FORMATS:
    accepts(*row)


def unsupported(accept, text):
    @checks.check(f"accept {accept} is refused")
    def check():
        synthesize(accept=accept).refused(text)


for accept in ("audio/ogg;codecs=vorbis", "audio/webm;codecs=vorbis", "audio/x-unknown"):
    unsupported(accept, "Unsupported mimetype.")
for accept in ("audio/l16", "audio/alaw", "audio/mulaw", "audio/ogg;codecs=opus;rate=44100", "audio/wav;rate=7999",
               "audio/wav;rate=192001"):
    unsupported(accept, "")


@checks.check("accept audio/ogg is served or refused, never mislabelled")
def ogg():
    result = synthesize(accept="audio/ogg")
    if result.texts("error"):
        result.refused("Unsupported mimetype.")
    else:
        expect("audio/ogg" in result.content_types[0], f"content_type {result.content_types}")
        heard = result.hear("audio/ogg", None, None)
        expect(heard["container"] == "ogg", f"container {heard['container']}")


# ---- timings -----------------------------------------------------------------------------------------------------

@checks.check("word-timings")
def word_timings():
    result = synthesize(accept="audio/wav", timings=["words"])
    result.completed()
    words = result.timed_words_within(result.hear("audio/wav", "pcm_s16le", 22050)["seconds"])
    equal("words", [word for word, _, _ in words], TEXT.split())


@checks.check("no-timings-unless-asked")
def no_timings():
    for timings in (None, []):
        result = synthesize(accept="audio/wav", timings=timings)
        result.completed()
        equal("timing messages", result.timings, [])


@checks.check("marks")
def marks():
    text = 'This is a <mark name="SIMPLE"/>simple <mark name="EXAMPLE"/> example.'
    result = synthesize(text=text, accept="audio/wav")
    result.completed()
    seconds = result.hear("audio/wav", "pcm_s16le", 22050)["seconds"]
    found = [pair for message in result.timings for pair in message["marks"]]
    equal("marks", [name for name, _ in found], ["SIMPLE", "EXAMPLE"])
    expect(all(len(message["marks"]) == 1 for message in result.timings), "one message per mark")
    expect(0 < found[0][1] < found[1][1] <= seconds, f"marks {found} in {seconds:.3f} s")
    result.timed_before_sound([at for _, at in found])


@checks.check("marks-and-words-together")
def marks_and_words():
    result = synthesize(text='Hello <mark name="here"/> world', accept="audio/wav", timings=["words"])
    result.completed()
    words = {word: start for m in result.timings for word, start, _ in m.get("words", [])}
    (here,) = [at for m in result.timings for _, at in m.get("marks", [])]
    expect(words["Hello"] < here <= words["world"] + 0.001, f"mark at {here}, words {words}")


@checks.check("ssml-is-not-spoken-as-text")
def ssml():
    marked = '<speak version="1.1"><voice name="x">I <break time="0ms"/>have a <s>pet bird.</s></voice></speak>'
    result = synthesize(text=marked, accept="audio/wav", timings=["words"])
    result.completed()
    equal("words", [w for m in result.timings for w, _, _ in m["words"]], TEXT.split())


@checks.check("rate-percentage")
def rate_percentage():
    seconds = {rate: synthesize(accept="audio/wav", rate_percentage=rate).hear("audio/wav", "pcm_s16le", 22050)["seconds"]
               for rate in (-50, 0, 50)}
    expect(seconds[-50] > seconds[0] > seconds[50], f"seconds by rate_percentage: {seconds}")


# ---- limits, errors, warnings ------------------------------------------------------------------------------------

@checks.check("text-of-5120-bytes")
def text_5120():
    words = "word " * 1023 + "word."
    equal("bytes", len(words), 5120)
    result = synthesize(text=words, accept="audio/basic")
    result.completed()
    result.hear("audio/basic", "raw:mulaw", 8000)


@checks.check("text-over-5120-bytes-is-refused")
def text_5121():
    synthesize(text="word " * 1023 + "words.", accept="audio/basic").refused("")
    synthesize(text="é" * 2561, accept="audio/basic").refused("")


@checks.check("missing-text-is-refused")
def missing_text():
    listen({"accept": "audio/wav"}).refused('Required parameter "text" is missing.')


@checks.check("missing-accept-is-refused")
def missing_accept():
    synthesize(accept=None).refused("accept")


@checks.check("bad-ssml-is-refused")
def bad_ssml():
    for text in ("<speak>Hello", "fish & chips", "<say-as>1</say-as>"):
        synthesize(text=text, accept="audio/wav").refused("")


@checks.check("unknown-field-is-a-warning")
def unknown_field():
    result = listen({"text": TEXT, "accept": "audio/wav", "invalid-parameter": 1, "action": "start"})
    result.completed()
    warnings = [m["warnings"] for m in result.timings if "warnings" in m]
    equal("warnings", warnings, ["Unknown arguments: invalid-parameter, action."])
    equal("first message", result.events[0][0], "content_type")
    result.hear("audio/wav", "pcm_s16le", 22050)


@checks.check("old-voice-name-and-default-voice")
def voices():
    for voice in ("en-US_AllisonVoice", "de-DE_BirgitV3Voice", None):
        synthesize(accept="audio/wav", voice=voice).completed()


@checks.check("unknown-voice-404")
def unknown_voice():
    synthesize(accept="audio/wav", voice="xx-XX_NobodyV3Voice").handshake_refused(404)


@checks.check("credentials")
def credentials():
    synthesize(accept="audio/wav", authenticator=BasicAuthenticator("apikey", TOKEN)).completed()
    synthesize(accept="audio/wav", authenticator=NoAuthAuthenticator()).handshake_refused(401)


@checks.check("instance-and-release-urls")
def url_forms():
    for prefix in ("/instances/0a1b2c3d", "/text-to-speech/release-1/instances/1/api", "/text-to-speech/api"):
        synthesize(accept="audio/wav", prefix=prefix).completed()


@checks.check("wrong-path-404")
def wrong_path():
    listen({"text": TEXT, "accept": "audio/wav"}, path="/v1/synthesise").handshake_refused(404)


# ---- sign-in, and the HTTP twin -----------------------------------------------------------------------------------

def over_http(base, authenticator):
    """The SDK's object for HTTP; its other one, for the socket, wants another scheme."""
    service = TextToSpeechV1(authenticator=authenticator)
    service.set_service_url(http(base))
    return service


def http(base):
    return base.replace("ws", "http", 1)


@checks.check("http-synthesize")
def http_synthesize():
    service = over_http(URL, BearerTokenAuthenticator(TOKEN))
    for accept, content_type in (("audio/wav", "audio/wav"), ("audio/mp3", "audio/mpeg"), ("audio/flac", "audio/flac")):
        answer = service.synthesize(TEXT, accept=accept, voice="en-US_LisaV3Voice")
        equal("status", answer.get_status_code(), 200)
        equal("content type", answer.get_headers()["Content-Type"], content_type)
        hear(answer.get_result().content, content_type.split("/")[1].replace("mpeg", "mp3"))
    equal("as on the socket", service.synthesize(TEXT, accept="audio/wav").get_result().content,
          synthesize(accept="audio/wav").audio)


@checks.check("http-errors")
def http_errors():
    service = over_http(URL, BearerTokenAuthenticator(TOKEN))
    for status, options in ((404, {"voice": "nobody"}), (406, {"accept": "audio/l16"}), (406, {"accept": "text/html"}),
                            (400, {"text": "a < b"}), (400, {"text": "x" * 5121})):
        try:
            service.synthesize(**{"text": TEXT, "accept": "audio/wav", **options})
        except ApiException as error:
            equal(str(options)[:40], error.status_code, status)
            expect(error.message and error.message != "Unknown error", f"no message: {error.message}")
        else:
            expect(False, f"{options} was accepted")


@checks.check("voices")
def voices():
    service = over_http(URL, BearerTokenAuthenticator(TOKEN))
    listed = service.list_voices().get_result()["voices"]
    expect(len(listed) >= 47, f"{len(listed)} voices")
    voice = service.get_voice("en-US_LisaV3Voice").get_result()
    equal("gender", voice["gender"], "female")
    expect(voice in listed, f"{voice} is not in the list")


@checks.check("iam-and-cp4d")
def lenient_sign_in():
    for authenticator in (IAMAuthenticator(TOKEN, url=http(URL)),
                          CloudPakForDataAuthenticator("somebody", "something", http(URL)),
                          CloudPakForDataAuthenticator("somebody", url=http(URL) + "/icp4d-api", apikey=TOKEN)):
        synthesize(accept="audio/wav", authenticator=authenticator).completed()
        equal("HTTP", over_http(URL, authenticator).list_voices().get_status_code(), 200)


@checks.strict("iam")
def strict_iam():
    signs_in(IAMAuthenticator("matrix-api-key", url=http(STRICT_URL)))
    signs_in(IAMAuthenticator("matrix-api-key", url=http(STRICT_URL) + "/identity/token"))
    does_not_sign_in(IAMAuthenticator("nonsense", url=http(STRICT_URL)), 400)


@checks.strict("cp4d")
def strict_cp4d():
    base = http(STRICT_URL)
    signs_in(CloudPakForDataAuthenticator("matrix", "matrix-password", base))
    signs_in(CloudPakForDataAuthenticator("anybody", url=base + "/icp4d-api/v1/authorize", apikey="matrix-api-key"))
    does_not_sign_in(CloudPakForDataAuthenticator("matrix", "nonsense", base), 401)


@checks.strict("keys-without-sign-in")
def strict_basic():
    signs_in(BasicAuthenticator("apikey", "matrix-api-key"))
    for authenticator in (BasicAuthenticator("apikey", "nonsense"), BearerTokenAuthenticator(TOKEN)):
        synthesize(accept="audio/wav", authenticator=authenticator, base=STRICT_URL).handshake_refused(401)


def signs_in(authenticator):
    synthesize(accept="audio/wav", authenticator=authenticator, base=STRICT_URL).completed()
    service = over_http(STRICT_URL, authenticator)
    hear(service.synthesize(TEXT, accept="audio/wav").get_result().content, "wav")
    expect(service.list_voices().get_result()["voices"], "no voices")


def does_not_sign_in(authenticator, status):
    try:
        over_http(STRICT_URL, authenticator).list_voices()
    except ApiException as error:
        equal("status", error.status_code, status)
        return
    expect(False, "the sign-in was accepted")


# ---- plumbing ----------------------------------------------------------------------------------------------------

class Result(SynthesizeCallback):
    """Everything that the SDK reported, in order."""

    def __init__(self):
        SynthesizeCallback.__init__(self)
        self.events = []

    def on_content_type(self, content_type):
        self.events.append(("content_type", content_type))

    def on_timing_information(self, timing_information):
        self.events.append(("timing", timing_information))

    def on_audio_stream(self, audio_stream):
        self.events.append(("audio", audio_stream))

    def on_error(self, error):
        self.events.append(("error", error))

    def on_close(self):
        self.events.append(("close", None))

    def texts(self, kind):
        """Values of one kind; the SDK's report of a normal close is not an error."""
        return [value for name, value in self.events
                if name == kind and not (kind == "error" and "code 1000" in str(value))]

    content_types = property(lambda self: self.texts("content_type"))
    timings = property(lambda self: self.texts("timing"))
    audio = property(lambda self: b"".join(self.texts("audio")))

    def completed(self):
        equal("errors", self.texts("error"), [])
        equal("binary_streams messages", len(self.content_types), 1)
        equal("first message", self.events[0][0], "content_type")
        equal("on_close calls", len(self.texts("close")), 1)

    def refused(self, text):
        """`{"error": text}` came alone, then close 1011."""
        errors = self.texts("error")
        expect(errors and isinstance(errors[0], str), f"no error message: {self.events[:3]}")
        expect(text in " ".join(errors[0].split()), f"error {errors[0]!r} lacks {text!r}")
        equal("events before the error", [name for name, _ in self.events][0], "error")
        equal("audio", self.audio, b"")
        expect(all("1011" in str(error) for error in errors[1:]), f"close reported as {errors[1:]}")

    def handshake_refused(self, status):
        errors = self.texts("error")
        equal("number of errors", len(errors), 1)
        (error,) = errors
        expect(isinstance(error, websocket.WebSocketBadStatusException), f"on_error got {error!r}")
        equal("status", error.status_code, status)

    def hear(self, accept, codec, rate):
        base = accept.split(";")[0].split("/")[1]
        if codec and codec.startswith("raw:"):
            return hear(self.audio, base, codec[4:], rate)
        heard = hear(self.audio, {"*": "ogg", "mpeg": "mp3"}.get(base, base))
        expect(codec is None or heard["codec"] == codec, f"codec {heard['codec']}, expected {codec}")
        return heard

    def timed_words_within(self, seconds):
        words = [word for message in self.timings for word in message["words"]]
        previous = 0.0
        for word, start, end in words:
            expect(previous <= start < end, f"time runs backwards at {word}: {words}")
            previous = end
        expect(words and previous <= seconds + 0.05, f"last word ends at {previous} of {seconds:.3f} s")
        self.timed_before_sound([start for _, start, _ in words])
        return words

    def timed_before_sound(self, times):
        """A timing message comes before the audio that it describes: judged by bytes, at the mean bytes a second."""
        total, seen, position = len(self.audio), 0, []
        for name, value in self.events:
            if name == "audio":
                seen += len(value)
            elif name == "timing" and "warnings" not in value:
                position += [seen / total] * len(value.get("words", value.get("marks")))
        late = [(at, where) for at, where in zip(times, position) if where > 0 and where * max(times) > at + 0.3]
        expect(not late, f"timings after their audio: {late}")


def synthesize(text=TEXT, authenticator=None, prefix="", base=URL, **options):
    """One request through the SDK's public method."""
    service = TextToSpeechV1(authenticator=authenticator or BearerTokenAuthenticator(TOKEN))
    service.set_service_url(base + prefix)
    result = Result()
    return in_time(result, lambda: service.synthesize_using_websocket(text, result, **options))


def listen(message, path="/v1/synthesize"):
    """One request through the SDK's listener, for messages that the public method cannot be made to send."""
    result = Result()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return in_time(result, lambda: SynthesizeListener(message, result, URL + path, headers))


def in_time(result, call):
    def run():
        try:
            call()
        except Exception as error:
            result.events.append(("error", error))
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)
    expect(not thread.is_alive(), f"the SDK did not return within 20 s: {[name for name, _ in result.events]}")
    return result


checks.run()
