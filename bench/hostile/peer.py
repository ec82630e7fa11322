"""Just enough of a WebSocket client to misbehave with, over asyncio and nothing else."""

import asyncio
import base64
import gzip
import itertools
import json
import os
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REQUESTS = json.loads((ROOT / "fixtures/hostile/requests.json").read_text())
KEY = base64.b64encode(bytes(16)).decode()
# A mask of nothing is legal, and saves the attacker the work.
NO_MASK = bytes(4)
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
numbers = itertools.count(1)


def head(role, more=(), prefix=""):
    """The head of a handshake."""
    lines = [f"GET {prefix}{role['path']} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13"]
    lines += [f"{name}: {value}" for name, value in [*role["headers"], *more]]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(opcode, payload, fin=True, rsv=0):
    length = len(payload)
    first = bytes([fin << 7 | rsv << 4 | opcode])
    if length < 126:
        return first + bytes([128 | length]) + NO_MASK + payload
    if length < 65536:
        return first + struct.pack(">BH", 128 | 126, length) + NO_MASK + payload
    return first + struct.pack(">BQ", 128 | 127, length) + NO_MASK + payload


def request(role, text, packed=None):
    """The message that asks for something, as a frame. `packed` stands in for its compressed part."""
    body = role["text"].replace("{text}", text).replace("$ID", f"hostile-{os.getpid()}-{next(numbers)}").encode()
    if "head" not in role:
        return frame(TEXT, body)
    return frame(BINARY, sized(role, gzip.compress(body, 1) if packed is None else packed))


def sized(role, packed):
    return bytes.fromhex(role["head"]) + struct.pack(">I", len(packed)) + packed


class Refused(Exception):
    """The server did not do what a well-behaved client may expect."""


class Peer:
    """One connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, address, limit=1 << 16):
        host, port = address
        return cls(*await asyncio.open_connection(host, port, limit=limit))

    @classmethod
    async def open(cls, address, role, more=(), prefix=""):
        """A connection whose handshake is done."""
        peer = await cls.connect(address)
        peer.writer.write(head(role, more, prefix))
        answer = await peer.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            peer.drop()
            raise Refused(answer.split(b"\r\n")[0].decode())
        return peer

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def message(self):
        """The next frame: its opcode and payload."""
        first, second = await self.reader.readexactly(2)
        length = second & 127
        if length > 125:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        return first & 15, await self.reader.readexactly(length)

    async def close_code(self):
        """Reads until the server closes; its code, or None if it just went."""
        try:
            while True:
                opcode, payload = await self.message()
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big") if payload else 1005
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def gone(self):
        """Waits until the server has ended the connection, whatever it says before."""
        try:
            while await self.reader.read(1 << 16):
                pass
        except ConnectionError:
            pass

    def drop(self):
        """Goes away without a word."""
        self.writer.transport.abort()


async def synthesis(address, text="one two three"):
    """A session as it should be; how many bytes of sound it got."""
    peer = await Peer.open(address, REQUESTS["speech"])
    try:
        await peer.send(request(REQUESTS["speech"], text))
        sound = 0
        while True:
            opcode, payload = await peer.message()
            if opcode == BINARY:
                sound += len(payload)
            elif opcode == CLOSE:
                if payload[:2] != b"\x03\xe8":
                    raise Refused(f"close {payload[:2].hex()} {payload[2:].decode()}")
                await peer.send(frame(CLOSE, payload[:2]))
                return sound
    finally:
        peer.drop()
