"""websockets, the library of the vendor's script: a gzip'd submit, frames until the sequence is negative."""

import asyncio
import gzip
import json
import os
import sys
import uuid

import websockets

ENV = os.environ
AUDIO, FRONTEND, ERROR = 0xB, 0xC, 0xF


class Refused(Exception):
    pass


async def synthesize():
    with open(ENV["MYNAH_IN"], encoding="utf-8") as file:
        text = file.read()
    request = {
        "app": {"appid": "mynah", "token": "access_token", "cluster": "volcano_tts"},
        "user": {"uid": "mynah"},
        "audio": {"voice_type": "zh_female_wanwanxiaohe_moon_bigtts", "encoding": ENV["MYNAH_FORMAT"] or "pcm",
                  "rate": int(ENV["MYNAH_RATE"])},
        "request": {"reqid": str(uuid.uuid4()), "text": text, "text_type": "plain", "operation": "submit"},
    }
    payload = gzip.compress(json.dumps(request).encode())
    audio = bytearray()
    async with websockets.connect(f"{ENV['MYNAH_URL']}/api/v1/tts/ws_binary", ping_interval=None,
                                  additional_headers={"Authorization": f"Bearer; {ENV['MYNAH_TOKEN']}"}) as ws:
        await ws.send(bytes.fromhex("11101100") + len(payload).to_bytes(4, "big") + payload)
        while not parse(await ws.recv(), audio):
            pass
    return bytes(audio)


def parse(message, audio):
    """Whether this was the last frame; keeps its audio."""
    if isinstance(message, str):
        raise Refused("a text message")
    kind, flags, body = message[1] >> 4, message[1] & 0xF, message[(message[0] & 0xF) * 4:]
    if kind == ERROR:
        text = body[8:]
        text = gzip.decompress(text) if message[2] & 0xF == 1 else text
        raise Refused(f"{int.from_bytes(body[:4], 'big')}: {text.decode('utf-8', 'replace')}")
    if kind != AUDIO or flags == 0:
        return False
    size = int.from_bytes(body[4:8], "big")
    if size != len(body) - 8:
        raise Refused(f"{size} bytes declared, {len(body) - 8} came")
    audio += body[8:]
    return int.from_bytes(body[:4], "big", signed=True) < 0


def main():
    if (ENV["MYNAH_ENDPOINT"], ENV["MYNAH_OP"]) != ("volcengine/tts-v1", "synthesize"):
        return 127
    try:
        audio = asyncio.run(asyncio.wait_for(synthesize(), int(ENV["MYNAH_DEADLINE_MS"]) / 2000))
    except (Refused, OSError, asyncio.TimeoutError, websockets.WebSocketException) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    with open(ENV["MYNAH_OUT"], "wb") as out:
        out.write(audio)
    return 0


sys.exit(main())
