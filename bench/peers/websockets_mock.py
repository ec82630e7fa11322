"""A mock as one writes it by hand with the `websockets` package: websockets_mock.py SCRIPT"""

import asyncio
import base64
import json
import sys

from websockets.asyncio.server import serve


async def main(path):
    with open(path) as file:
        head, *lines = map(json.loads, file)
    messages = [base64.b64decode(line["base64"]) for line in lines]
    messages = [data if line["binary"] else data.decode() for line, data in zip(lines, messages)]

    async def answer(socket):
        received = 0
        async for _ in socket:
            received += 1
            if received == head["after"]:
                for message in messages:
                    await socket.send(message)
                if head["closes"]:
                    await socket.close(1000)

    async with serve(answer, "127.0.0.1", 0, max_size=None) as server:
        host, port = server.sockets[0].getsockname()[:2]
        print(f"ready {host}:{port}", flush=True)
        await server.serve_forever()


asyncio.run(main(sys.argv[1]))
