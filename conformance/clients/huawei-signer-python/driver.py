"""Huawei SIS with an AK/SK-signed handshake: the vendor's own signer, `websocket-client` for the socket."""

import datetime
import json
from urllib.parse import urlsplit

import requests
import websocket
from checks import STRICT_URL, URL, Checks, Failed, equal, expect, hear
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


# ---- a server that checks credentials ------------------------------------------------------------------------------

@checks.strict("right-signature")
def strict_right():
    synthesise(connect(STRICT_URL, "rtts"))
    recognise(connect(STRICT_URL, "rasr/short-stream"))


@checks.strict("wrong-signature")
def strict_wrong():
    refused(lambda: connect(STRICT_URL, "rtts", secret="SKOTHER"), "verify aksk signature fail")
    refused(lambda: connect(STRICT_URL, "rtts", key="AKOTHER"), "verify aksk signature fail")
    synthesise(connect(STRICT_URL, "rtts"))


@checks.strict("old-signature")
def strict_old():
    for minutes in (-16, 16):
        refused(lambda: connect(STRICT_URL, "rtts", minutes=minutes), "signature expired")
    for minutes in (-14, 14):
        synthesise(connect(STRICT_URL, "rtts", minutes=minutes))


@checks.strict("other-project")
def strict_project():
    refused(lambda: connect(STRICT_URL, "rtts", project="other"), "project_id doesn't match", code="SIS.0101")


@checks.strict("token")
def strict_token():
    answer = sign_in("matrix-password", {"project": {"name": "cn-north-4"}})
    equal("status", answer.status_code, 201)
    equal("scope", answer.json()["token"]["project"]["id"], PROJECT)
    token = answer.headers["X-Subject-Token"]
    synthesise(with_token(token))
    refused(lambda: with_token(token + "x"), "decrypt token fail")
    refused(lambda: with_token("unknown"), "decrypt token fail")


@checks.strict("token-without-project")
def strict_scope():
    token = sign_in("matrix-password", {"domain": {"name": "matrix-account"}}).headers["X-Subject-Token"]
    refused(lambda: with_token(token), "requesting token are wrong", code="SIS.0101")


@checks.strict("wrong-password")
def strict_password():
    answer = sign_in("nonsense", {"project": {"name": "cn-north-4"}})
    equal("status", answer.status_code, 401)
    equal("error", answer.json()["error"],
          {"message": "The username or password is wrong.", "code": 401, "title": "Unauthorized"})


def sign_in(password, scope):
    user = {"name": "matrix", "password": password, "domain": {"name": "matrix-account"}}
    body = {"auth": {"identity": {"password": {"user": user}, "methods": ["password"]}, "scope": scope}}
    return requests.post(STRICT_URL.replace("ws", "http", 1) + "/v3/auth/tokens", json=body, timeout=10)


def with_token(token):
    return websocket.create_connection(f"{STRICT_URL}/v1/{PROJECT}/rtts", timeout=10, header={"X-Auth-Token": token})


# ---- plumbing ----------------------------------------------------------------------------------------------------

def connect(base, path, extra=None, key=ACCESS_KEY, secret=SECRET_KEY, project=PROJECT, minutes=None):
    """A socket whose handshake carries the signature, made the way the vendor's speech SDK makes it."""
    url = urlsplit(base)
    request = SdkRequest(method="GET", schema=url.scheme.replace("ws", "http"), host=url.netloc,
                         resource_path=f"/v1/{project}/{path}", query_params=[],
                         header_params=dict(extra or {}), body="")
    if minutes is not None:
        then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        request.header_params["X-Sdk-Date"] = then.strftime("%Y%m%dT%H%M%SZ")
    headers = dict(Signer(BasicCredentials(key, secret)).sign(request).header_params)
    for name in [name for name in headers if name.lower() == "host"]:
        del headers[name]  # the WebSocket library writes it; twice is an error
    expect(headers["Authorization"].startswith(f"SDK-HMAC-SHA256 Access={key}, SignedHeaders="), str(headers))
    return websocket.create_connection(f"{base}/v1/{project}/{path}", timeout=10, header=headers)


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


def refused(attempt, text, code="APIG.0301"):
    try:
        attempt().close()
    except websocket.WebSocketBadStatusException as error:
        equal("status", error.status_code, 401)
        body = json.loads(error.resp_body)
        equal("error_code", body["error_code"], code)
        expect(text in body["error_msg"], f"error_msg {body['error_msg']!r} lacks {text!r}")
        return
    raise Failed("the handshake was accepted")


checks.run()
