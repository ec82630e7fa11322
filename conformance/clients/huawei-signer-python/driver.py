"""Huawei SIS with an AK/SK-signed handshake: the vendor's own signer, `websocket-client` for the socket."""

import json
from urllib.parse import urlsplit

import websocket
from checks import URL, Checks, Failed, equal, expect, hear
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

PROJECT = "0123456789abcdef0123456789abcdef"
ACCESS_KEY, SECRET_KEY = "AKTEST", "SKTEST"

checks = Checks()


@checks.check("signed-rtts")
def signed_rtts():
    synthesise(connect(URL, "rtts"))


@checks.check("signed-short-stream")
def signed_short_stream():
    recognise(connect(URL, "rasr/short-stream"))


@checks.check("signed-with-security-token")
def signed_with_security_token():
    synthesise(connect(URL, "rtts", extra={"X-Security-Token": "sectok"}))


@checks.check("unsigned-is-refused")
def unsigned():
    refused(lambda: websocket.create_connection(f"{URL}/v1/{PROJECT}/rtts", timeout=10), "x-auth-token not found")


def connect(base, path, extra=None):
    """A socket whose handshake carries the signature, made the way the vendor's speech SDK makes it."""
    url = urlsplit(base)
    request = SdkRequest(method="GET", schema=url.scheme.replace("ws", "http"), host=url.netloc,
                         resource_path=f"/v1/{PROJECT}/{path}", query_params=[],
                         header_params=dict(extra or {}), body="")
    headers = dict(Signer(BasicCredentials(ACCESS_KEY, SECRET_KEY)).sign(request).header_params)
    for name in [name for name in headers if name.lower() == "host"]:
        del headers[name]  # the WebSocket library writes it; twice is an error
    expect(headers["Authorization"].startswith(f"SDK-HMAC-SHA256 Access={ACCESS_KEY}, SignedHeaders="), str(headers))
    return websocket.create_connection(f"{base}/v1/{PROJECT}/{path}", timeout=10, header=headers)


def synthesise(ws):
    config = {"audio_format": "pcm", "property": "chinese_xiaoyu_common", "sample_rate": "8000"}
    ws.send(json.dumps({"command": "START", "text": "签名正确，可以合成。", "config": config}))
    texts, audio = until_end(ws)
    equal("messages", [m["resp_type"] for m in texts], ["START", "END"])
    hear(audio, "pcm", "s16le", 8000)


def recognise(ws):
    config = {"audio_format": "pcm8k16bit", "property": "chinese_8k_common"}
    ws.send(json.dumps({"command": "START", "config": config}))
    for _ in range(4):
        ws.send_binary((b"\x00\x20" * 10 + b"\x00\xe0" * 10) * 100)
    ws.send(json.dumps({"command": "END", "cancel": "false"}))
    texts, audio = until_end(ws)
    equal("audio", audio, b"")
    equal("first and last", (texts[0]["resp_type"], texts[-1]["reason"]), ("START", "NORMAL"))


def until_end(ws):
    texts, audio = [], b""
    while not texts or texts[-1]["resp_type"] != "END":
        message = ws.recv()
        if isinstance(message, bytes):
            audio += message
        else:
            expect(message, f"closed after {texts}")
            texts.append(json.loads(message))
    ws.close(timeout=2)
    return texts, audio


def refused(attempt, text):
    try:
        attempt().close()
    except websocket.WebSocketBadStatusException as error:
        equal("status", error.status_code, 401)
        body = json.loads(error.resp_body)
        equal("error_code", body["error_code"], "APIG.0301")
        expect(text in body["error_msg"], f"error_msg {body['error_msg']!r} lacks {text!r}")
        return
    raise Failed("the handshake was accepted")


checks.run()
