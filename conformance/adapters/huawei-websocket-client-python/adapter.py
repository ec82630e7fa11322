"""websocket-client, the library of the vendor's Python pages: START, audio or text, END."""

import json
import os
import sys

import websocket

ENV = os.environ
CHUNK = 3200


def main():
    vendor, _, name = ENV["MYNAH_ENDPOINT"].partition("/")
    modes = {"rtts": "synthesize", **{f"rasr-{mode}-stream": "recognize" for mode in ("short", "sentence", "continue")}}
    if vendor != "huawei" or modes.get(name) != ENV["MYNAH_OP"]:
        return 127
    path = name.replace("rasr-", "rasr/")
    try:
        ws = websocket.create_connection(f"{ENV['MYNAH_URL']}/v1/mynah/{path}", timeout=int(ENV["MYNAH_DEADLINE_MS"]) / 2000,
                                         header={"X-Auth-Token": ENV["MYNAH_TOKEN"]})
        output = (synthesize if name == "rtts" else recognize)(ws)
        ws.close(timeout=2)
    except (OSError, websocket.WebSocketException, ValueError, KeyError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    with open(ENV["MYNAH_OUT"], "wb") as out:
        out.write(output)
    return 0


def synthesize(ws):
    with open(ENV["MYNAH_IN"], encoding="utf-8") as file:
        text = file.read()
    config = {"audio_format": ENV["MYNAH_FORMAT"] or "pcm", "property": "chinese_xiaoyan_common",
              "sample_rate": ENV["MYNAH_RATE"]}
    ws.send(json.dumps({"command": "START", "config": config, "text": text}))
    audio = bytearray()
    while True:
        message = receive(ws)
        if isinstance(message, bytes):
            audio += message
        elif message["resp_type"] == "END":
            return bytes(audio)


def recognize(ws):
    kilo = int(ENV["MYNAH_RATE"]) // 1000
    config = {"audio_format": ENV["MYNAH_FORMAT"] or f"pcm{kilo}k16bit", "property": f"chinese_{kilo}k_general"}
    ws.send(json.dumps({"command": "START", "config": config}))
    while receive(ws)["resp_type"] != "START":
        pass
    with open(ENV["MYNAH_IN"], "rb") as file:
        samples = file.read()[44:]
    for at in range(0, len(samples), CHUNK):
        ws.send_binary(samples[at:at + CHUNK])
    ws.send(json.dumps({"command": "END", "cancel": False}))
    finals = {}
    while (message := receive(ws))["resp_type"] != "END":
        for segment in message.get("segments", []):
            if segment["is_final"]:
                finals[segment["start_time"]] = segment["result"]["text"]
    return "".join(text for _, text in sorted(finals.items())).encode()


def receive(ws):
    """The next message: bytes, or what the JSON says; the service's errors are raised."""
    opcode, data = ws.recv_data()
    if opcode == websocket.ABNF.OPCODE_BINARY:
        return data
    if opcode == websocket.ABNF.OPCODE_CLOSE:
        raise ValueError(f"closed with {int.from_bytes(data[:2], 'big')} before END")
    message = json.loads(data)
    if message["resp_type"] in ("ERROR", "FATAL_ERROR"):
        raise ValueError(f"{message['error_code']}: {message['error_msg']}")
    if message["resp_type"] == "END" and message["reason"] != "NORMAL":
        raise ValueError(f"ended with {message['reason']}")
    return message


sys.exit(main())
