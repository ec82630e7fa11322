"""The attacks: what hostile clients do, and what has to become of them."""

import asyncio
import functools
import gzip
import struct
import time
import zlib

from peer import BINARY, CLOSE, PING, REQUESTS, TEXT, Peer, Refused, frame, head, request, sized

SPEECH, FRAMED, UPLOAD, SIGN_IN = (REQUESTS[name] for name in ("speech", "framed", "upload", "sign_in"))
DEFLATE = [("Sec-WebSocket-Extensions", "permessage-deflate; client_no_context_takeover")]
ATTACKS = []


class Attack:
    """One kind of attack. `mib` is what it may cost beside the journal, whatever it sends."""

    def __init__(self, run, what, clients, mib, options=(), guards=None, crowded=False):
        self.run, self.what, self.clients, self.mib, self.options, self.guards = run, what, clients, mib, options, guards or {}
        self.crowded = crowded
        self.name = run.__name__.replace("_", "-")


def attack(what, clients, mib, **more):
    """`clients`: how many, in a whole run and in a quick one."""
    def register(run):
        ATTACKS.append(Attack(run, what, clients, mib, **more))
        return run
    return register


async def together(count, client):
    """So many clients at once; what each came to."""
    return await asyncio.gather(*(client(number) for number in range(count)))


def counted(results):
    """How often each result was had, in words."""
    words = [str(result) for result in results]
    return ", ".join(f"{words.count(word)} × {word}" for word in sorted(set(words)))


async def again(run, once):
    """Does something until the attack is over, and counts it. A server that hangs up is asked again."""
    count = 0
    while time.monotonic() < run.until:
        try:
            await asyncio.wait_for(once(), max(0.1, run.until - time.monotonic()))
        except (asyncio.IncompleteReadError, asyncio.TimeoutError, ConnectionError, Refused):
            pass
        count += 1
    return count


# Heads and connections

async def until_let_go(run, peer, say):
    """Says a byte now and then; after how long the server has had enough."""
    began = time.monotonic()
    gone = asyncio.ensure_future(peer.gone())
    while not gone.done() and time.monotonic() < began + 3 * run.head_s + 5:
        if say:
            try:
                peer.writer.write(say)
            except ConnectionError:
                break
        await asyncio.wait([gone], timeout=run.head_s / 10)
    done = gone.done()
    gone.cancel()
    peer.drop()
    return time.monotonic() - began if done else None


async def slowly(run, first, say):
    async def client(_):
        peer = await Peer.connect(run.address)
        peer.writer.write(first)
        return await until_let_go(run, peer, say)
    times = await together(run.clients, client)
    if None in times or max(times) > run.head_s * 1.5 + 2 or min(times) < run.head_s * 0.5:
        raise Refused(f"let go after {min(t or 0 for t in times):.1f} s to {max(t or 99 for t in times):.1f} s, not {run.head_s:g} s")
    return f"all let go after {min(times) / run.head_s:.2f} – {max(times) / run.head_s:.2f} of the time for a head"


@attack("request heads, a byte at a time, never complete", (4000, 500), 120)
async def slow_heads(run):
    return await slowly(run, b"GET / HTTP/1.1\r\nHost: a\r\nX-", b"x")


@attack("connections that say nothing", (4000, 500), 120)
async def silence(run):
    return await slowly(run, b"", b"")


@attack("TLS handshakes, a byte at a time, never complete", (4000, 500), 160, options=["--tls"])
async def slow_tls(run):
    return await slowly(run, b"\x16\x03\x01\x02\x00\x01", b"\x00")


@attack("bodies of sign-in requests, a byte at a time", (2000, 300), 120)
async def slow_bodies(run):
    first = f"POST {SIGN_IN['path']} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"
    return await slowly(run, first.encode(), b" ")


@attack("request heads of 255 KiB, and of 1 MiB", (400, 100), 400)
async def large_heads(run):
    async def client(number):
        size = 255 << 10 if number % 2 else 1 << 20
        peer = await Peer.connect(run.address)
        lines = b"".join(b"X-%d: %s\r\n" % (n, b"token=x%d;" % n * (size // 800)) for n in range(80))
        peer.writer.write(head(SPEECH)[:-2] + lines[:size] + b"\r\n\r\n")
        try:
            line = await asyncio.wait_for(peer.reader.readline(), 20)
        except ConnectionError:
            line = b"HTTP/1.1 reset"
        peer.drop()
        return line.decode().split(" ")[1] if line else "closed"
    return counted(await together(run.clients, client))


@attack("handshakes that are left without a word", (64, 32), 60)
async def churn(run):
    async def once():
        (await Peer.open(run.address, SPEECH)).drop()
    counts = await together(run.clients, lambda _: again(run, once))
    return f"{sum(counts)} handshakes"


@attack("idle sessions, all at once, then gone", (8000, 1000), 200)
async def flood(run):
    gate = asyncio.Semaphore(200)

    async def client(_):
        async with gate:
            return await Peer.open(run.address, SPEECH)
    peers = await together(run.clients, client)
    await asyncio.sleep(max(0, run.until - time.monotonic()))
    for peer in peers:
        peer.drop()
    return f"{len(peers)} open at once"


@attack("more connections than there are places", (1500, 600), 60, guards={"connections": 400}, crowded=True)
async def overflow(run):
    first = [await Peer.open(run.address, SPEECH) for _ in range(390)]
    async def client(_):
        peer = await Peer.connect(run.address)
        try:
            line = await asyncio.wait_for(peer.reader.readline(), run.head_s * 0.8)
        except ConnectionError:
            line = b"HTTP/1.1 reset"
        except asyncio.TimeoutError:
            line = b"HTTP/1.1 waits"
        peer.drop()
        return line.decode().split(" ")[1] if line else "closed"
    answers = await together(run.clients, client)
    for peer in first:
        peer.drop()
    if "503" not in answers:
        raise Refused("nobody was turned away")
    return counted(answers)


@attack("a lane of its own for each session", (32, 16), 260)
async def lanes(run):
    async def client(number):
        async def once():
            once.count += 1
            peer = await Peer.open(run.address, SPEECH, prefix=f"/~lane=h{number}-{once.count}")
            peer.drop()
        once.count = 0
        return await again(run, once)
    return f"{sum(await together(run.clients, client))} lanes"


@attack("requests for nothing, many at once, answers unread", (32, 16), 60)
async def pipelines(run):
    asked = b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n" * 50
    async def client(_):
        async def once():
            peer = await Peer.connect(run.address)
            try:
                while True:
                    await peer.send(asked)
            finally:
                peer.drop()
        return await again(run, once)
    await together(run.clients, client)
    return "as many as the server took"


# Frames and messages

async def pouring(run, role, first, data, more=()):
    """Sends the same again and again, as fast as the server takes it; how many bytes it took, and how it closed."""
    async def client(_):
        sent, codes = 0, set()
        while time.monotonic() < run.until:
            try:
                peer = await Peer.open(run.address, role, more)
            except (Refused, ConnectionError, asyncio.IncompleteReadError):
                continue
            ended = asyncio.ensure_future(peer.close_code())
            try:
                await peer.send(first)
                while time.monotonic() < run.until and not ended.done():
                    await asyncio.wait_for(peer.send(data), max(0.1, run.until - time.monotonic()))
                    sent += len(data)
            except (ConnectionError, asyncio.TimeoutError):
                pass
            await asyncio.wait([ended], timeout=0.2)
            codes.add(ended.result() if ended.done() else "open")
            ended.cancel()
            peer.drop()
        return sent, codes
    results = await together(run.clients, client)
    codes = set().union(*(codes for _, codes in results))
    return f"{sum(sent for sent, _ in results) >> 20} MiB; ends: {', '.join(sorted(map(str, codes)))}"


@attack("pings of 125 bytes, pongs read", (16, 8), 60)
async def pings(run):
    return await pouring(run, SPEECH, b"", frame(PING, bytes(125)) * 100)


@attack("pings, pongs never read", (64, 16), 60)
async def pings_unread(run):
    async def client(_):
        peer = await Peer.open(run.address, SPEECH)
        peer.reader._transport.pause_reading()
        sent = 0
        try:
            while time.monotonic() < run.until:
                await asyncio.wait_for(peer.send(frame(PING, bytes(125)) * 100), run.until - time.monotonic())
                sent += 13100
        except (ConnectionError, asyncio.TimeoutError):
            pass
        peer.drop()
        return sent
    sent = await together(run.clients, client)
    return f"each could send {max(sent) >> 10} KiB"


@attack("a text in fragments of one byte", (16, 8), 120)
async def one_byte_fragments(run):
    return await pouring(run, SPEECH, frame(TEXT, b"{", fin=False), frame(0, b" ", fin=False) * 2000)


@attack("a text in empty fragments, without end", (16, 8), 60)
async def empty_fragments(run):
    return await pouring(run, SPEECH, frame(TEXT, b"{", fin=False), frame(0, b"", fin=False) * 2000)


@attack("whole sessions, a byte in each TCP segment", (64, 32), 60)
async def one_byte_segments(run):
    async def once():
        peer = await Peer.connect(run.address)
        try:
            for byte in head(SPEECH) + request(SPEECH, "one two three"):
                peer.writer.write(bytes([byte]))
                await asyncio.sleep(0)
            await peer.reader.readuntil(b"\r\n\r\n")
            while (await peer.message())[0] != CLOSE:
                pass
        finally:
            peer.drop()
    return f"{sum(await together(run.clients, lambda _: again(run, once)))} sessions"


@attack("frames that announce 2⁶³ − 1 bytes, and messages of more than 16 MiB", (8, 4), 340)
async def too_long(run):
    async def client(number):
        async def once():
            peer = await Peer.open(run.address, SPEECH)
            try:
                if number % 2:
                    await peer.send(b"\x81\xff" + struct.pack(">Q", (1 << 63) - 1) + bytes(4) + b"x" * 1000)
                else:
                    await peer.send(frame(TEXT, b"x" * (15 << 20), fin=False))
                    await peer.send(frame(0, b"x" * (2 << 20)))
                codes.append(await peer.close_code())
            finally:
                peer.drop()
        return await again(run, once)
    codes = []
    await together(run.clients, client)
    if set(codes) - {1009}:
        raise Refused(f"closes with {counted(codes)}")
    return f"{len(codes)} refused with 1009"


async def messages(run, role, make, more=()):
    """Sends a message in each session, and reads whatever comes."""
    payloads = [make(number) for number in range(run.clients)]
    run.start()
    async def client(number):
        async def once():
            peer = await Peer.open(run.address, role, more)
            try:
                await peer.send(payloads[number])
                opcode, payload = await asyncio.wait_for(peer.message(), 30)
                codes.append(int.from_bytes(payload[:2], "big") if opcode == CLOSE else "an answer")
            finally:
                peer.drop()
        return await again(run, once)
    codes = []
    counts = await together(run.clients, client)
    return f"{sum(counts)} messages; ends: {counted(codes)}"


@functools.cache
def bomb(mib, wbits, pattern):
    """So many MiB of something, compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    piece = pattern * ((1 << 20) // len(pattern))
    packed = b"".join(packer.compress(piece) for _ in range(mib))
    if wbits < 0:
        return (packed + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")
    return packed + packer.flush()


@attack("gzip members of 100 KiB that are 100 MiB inside, or 15 MiB of JSON", (16, 8), 700)
async def gzip_bombs(run):
    inner = gzip.compress(b'{"app":{"appid":"' + b"x" * (15 << 20) + b'"}}', 9)
    kinds = [bomb(100, 31, b" "), bomb(100, 31, b'{"token":"x"},'), inner]
    return await messages(run, FRAMED, lambda number: frame(BINARY, sized(FRAMED, kinds[number % len(kinds)])))


@attack("compressed messages (`--deflate`) of 100 KiB that are 100 MiB inside", (16, 8), 340, options=["--deflate"])
async def deflate_bombs(run):
    return await messages(run, SPEECH, lambda _: frame(TEXT, bomb(100, -15, b" "), rsv=4), DEFLATE)


@attack("JSON as nobody writes it: deep, wide, long, repeated, full of credentials", (16, 8), 700)
async def json_shapes(run):
    wide = ",".join(f'"k{n}":{n}' for n in range(260_000))
    same = ",".join(['"text":0'] * 260_000)
    tokens = ",".join(f'"token":"secret-{n}"' for n in range(100_000))
    # Numbers that a hash without a salt would put in one place.
    multiples = ",".join(f'"{n << 32}":0' for n in range(100_000))
    kinds = ["[" * 5_000_000, f"{{{wide}}}", f"{{{same}}}", f"{{{tokens}}}", f"{{{multiples}}}",
             '{"text":"' + "a" * (15 << 20) + '"}', "[" + "[]," * 200_000 + "[]]", '{"text":' + "9" * 1_000_000 + "}"]
    return await messages(run, SPEECH, lambda number: frame(TEXT, kinds[number % len(kinds)].encode()))


@attack("hundreds of messages in each session that are none", (16, 8), 120)
async def findings(run):
    broken = frame(TEXT, b'{"command": "x", "configs": "' + b"y" * 200 + b'"}') + frame(TEXT, b"[1, 2")
    async def client(_):
        async def once():
            peer = await Peer.open(run.address, SPEECH)
            try:
                await peer.send(request(SPEECH, "one two three") + broken * 300)
                await peer.close_code()
            finally:
                peer.drop()
        return await again(run, once)
    return f"{sum(await together(run.clients, client))} sessions"


# Sound

@attack("long texts for clients that read nothing", (400, 100), 250)
async def never_reading(run):
    text = " ".join(["word"] * 800)
    async def client(_):
        peer = await Peer.open(run.address, SPEECH)
        peer.reader._transport.pause_reading()
        await peer.send(request(SPEECH, text))
        await asyncio.sleep(max(0, run.until - time.monotonic()))
        peer.drop()
    await together(run.clients, client)
    return "all held until they left"


@attack("a sip of the sound now and then", (400, 100), 250)
async def sipping(run):
    text = " ".join(["word"] * 800)
    async def client(_):
        peer = await Peer.open(run.address, SPEECH)
        await peer.send(request(SPEECH, text))
        peer.reader._transport.pause_reading()
        read = 0
        while time.monotonic() < run.until:
            await asyncio.sleep(0.5)
            peer.reader._transport.resume_reading()
            read += len(await peer.reader.read(1000))
            peer.reader._transport.pause_reading()
        peer.drop()
    await together(run.clients, client)
    return "all held until they left"


@attack("sound to be recognised, without end, as fast as it goes", (16, 8), 120)
async def endless_upload(run):
    noise = struct.pack("<1600h", *(((n * 7919) % 20011) - 10005 for n in range(1600)))
    return await pouring(run, UPLOAD, request(UPLOAD, ""), frame(BINARY, noise) * 10)


@attack("texts of which none is like another, read to the end", (16, 8), 120)
async def many_texts(run):
    async def client(number):
        async def once():
            once.count += 1
            peer = await Peer.open(run.address, SPEECH)
            try:
                await peer.send(request(SPEECH, f"w{number} x{once.count} " * 150))
                await peer.close_code()
            finally:
                peer.drop()
        once.count = 0
        return await again(run, once)
    return f"{sum(await together(run.clients, client))} sessions"


@attack("close frames that nobody answers", (1000, 200), 60)
async def unanswered_closes(run):
    async def client(_):
        peer = await Peer.open(run.address, SPEECH)
        await peer.send(frame(TEXT, b"{"))
        return await until_let_go(run, peer, b"")
    times = await together(run.clients, client)
    if None in times or max(times) > run.head_s * 1.5 + 3:
        raise Refused(f"let go after {max(t or 99 for t in times):.1f} s")
    return f"all let go after at most {max(times) / run.head_s:.2f} of the time for a close"
