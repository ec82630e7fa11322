import asyncio, json, os, sys, websockets            # your client in place of websockets
env = os.environ

async def synthesize():
    audio, text = b"", open(env["MYNAH_IN"], encoding="utf-8").read()
    async with websockets.connect(f"{env['MYNAH_URL']}/v1/synthesize?access_token={env['MYNAH_TOKEN']}") as socket:
        await socket.send(json.dumps({"text": text, "accept": env["MYNAH_FORMAT"] or "*/*"}))
        async for message in socket:
            if isinstance(message, str) and "error" in json.loads(message):
                sys.exit(message)                    # on stderr, exit 1
            audio += b"" if isinstance(message, str) else message
    open(env["MYNAH_OUT"], "wb").write(audio)

if env["MYNAH_ENDPOINT"] != "ibm/tts":
    sys.exit(127)
try:
    asyncio.run(synthesize())
except Exception as error:
    sys.exit(repr(error))
