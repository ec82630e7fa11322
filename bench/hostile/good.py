"""The well-behaved client beside an attack: one session after the other, in a process of its own."""

import asyncio
import json
import sys
import time

from peer import synthesis


async def main(host, port):
    """A line for each session until standard input ends: when it began, how long it took, what went wrong."""
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    expected = await synthesis((host, port))
    while not ended.done():
        began = time.monotonic()
        try:
            sound = await asyncio.wait_for(synthesis((host, port)), 20)
            wrong = None if sound == expected else f"{sound} bytes of sound, not {expected}"
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        print(json.dumps([began, time.monotonic() - began, wrong]), flush=True)
        await asyncio.sleep(0.005)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
