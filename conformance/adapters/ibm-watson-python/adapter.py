"""The vendor's SDK for Python: synthesize_using_websocket and its callback."""

import os
import sys

from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator
from ibm_watson import TextToSpeechV1
from ibm_watson.websocket import SynthesizeCallback

ENV = os.environ


class Result(SynthesizeCallback):
    """What the SDK tells."""

    def __init__(self):
        SynthesizeCallback.__init__(self)
        self.audio, self.errors = bytearray(), []

    def on_audio_stream(self, audio_stream):
        self.audio += audio_stream

    def on_error(self, error):
        # websocket-client tells of a normal close in the same way as of an error.
        if "code 1000" not in str(error):
            self.errors.append(error)


def main():
    if (ENV["MYNAH_ENDPOINT"], ENV["MYNAH_OP"]) != ("ibm/tts", "synthesize"):
        return 127
    with open(ENV["MYNAH_IN"], encoding="utf-8") as file:
        text = file.read()
    service = TextToSpeechV1(authenticator=BearerTokenAuthenticator(ENV["MYNAH_TOKEN"]))
    service.set_service_url(ENV["MYNAH_URL"])
    result = Result()
    try:
        service.synthesize_using_websocket(text, result, accept=ENV["MYNAH_FORMAT"] or "*/*")
    except Exception as error:  # whatever the SDK raises is its error
        result.errors.append(error)
    if result.errors:
        print(result.errors[0], file=sys.stderr)
        return 1
    with open(ENV["MYNAH_OUT"], "wb") as out:
        out.write(result.audio)
    return 0


sys.exit(main())
