#!/usr/bin/env python3
"""Plays a recorded session again with nothing but Python's standard library.

A server was judged:  replay.py ws://HOST:PORT [--token SECRET] [--header 'NAME: VALUE'] [--insecure]
                      sends the client's bytes again, and compares what comes back.
A client was judged:  replay.py [--port PORT] [-- COMMAND ...]
                      plays the server's bytes to whoever connects; runs COMMAND with the variables of an adapter.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
QUIET_S = 1.0  # so long the other side may be silent before its bytes are given up
PAUSE_S = 30.0  # no recorded pause is kept for longer
OPCODES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frames(data):
    """The frames in bytes: (start, end, opcode, key, payload unmasked), as far as they are whole."""
    at = 0
    while at + 2 <= len(data):
        start, length, key = at, data[at + 1] & 0x7F, None
        opcode, masked = data[at] & 0x0F, data[at + 1] & 0x80
        at += 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[at:at + size], "big"), at + size
        if masked:
            key, at = data[at:at + 4], at + 4
        if at + length > len(data):
            return
        yield start, at + length, opcode, key, mask(data[at:at + length], key)
        at += length


def mask(payload, key):
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload)) if key else bytes(payload)


def frame(first, key, payload):
    """A frame with the first byte and the key of another one."""
    size, bit = len(payload), 0x80 if key else 0
    if size < 126:
        head = bytes([first, bit | size])
    elif size < 65536:
        head = bytes([first, bit | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, bit | 127]) + size.to_bytes(8, "big")
    return head + (key or b"") + mask(payload, key)


def split_head(data):
    at = data.find(b"\r\n\r\n")
    return (data, b"") if at < 0 else (data[:at + 4], data[at + 4:])


def show(who, data):
    """What one side sent, a line a frame."""
    head, rest = split_head(data)
    print(f"  {who}: {head.splitlines()[0].decode('latin-1') if head else 'nothing'}")
    if not head.startswith(b"HTTP/1.1 101") and not re.search(rb"(?i)\r\nupgrade: *websocket", head):
        if rest:
            print(f"    {rest[:200]!r}")
        return
    end = 0
    for _, end, opcode, _, payload in frames(rest):
        told = payload.decode("utf-8", "replace") if opcode == 1 else payload[:24].hex(" ")
        if opcode == 8 and len(payload) >= 2:
            told = f"{int.from_bytes(payload[:2], 'big')} {payload[2:].decode('utf-8', 'replace')}"
        print(f"    {OPCODES.get(opcode, 'reserved')}, {len(payload)} bytes: {told[:160]!r}")
    if end < len(rest):
        print(f"    {len(rest) - end} bytes that make no whole frame")


class Line:
    """A connection whose incoming bytes are kept."""

    def __init__(self, sock):
        self.sock, self.got, self.ended = sock, b"", None

    def wait(self, count, quiet=QUIET_S):
        """Reads until so many bytes came in all, the other side ends or is quiet."""
        self.sock.settimeout(quiet)
        while len(self.got) < count and self.ended is None:
            try:
                data = self.sock.recv(65536)
            except (socket.timeout, ssl.SSLWantReadError):
                return
            except OSError as error:
                self.ended = str(error)
                return
            if not data:
                self.ended = "end of stream"
            self.got += data

    def send(self, data):
        try:
            self.sock.settimeout(10)
            self.sock.sendall(data)
            return True
        except OSError as error:
            self.ended = self.ended or str(error)
            return False


def load():
    session = json.loads((HERE / "session.json").read_text("utf-8"))
    for number, connection in enumerate(session["connections"], 1):
        for side in ("client", "server"):
            connection[side] = (HERE / f"connection-{number}.{side}.bin").read_bytes()
    return session


def play(line, connection, me, mine):
    """Sends the pieces of one side where they belong. `mine`: the bytes for each of its pieces."""
    theirs, before, pieces = 0, 0, iter(mine)
    for chunk in connection["chunks"]:
        if chunk["dir"] != me:
            theirs += chunk["bytes"]
            before = chunk["ms"]
            continue
        piece = next(pieces, b"")
        line.wait(theirs)
        time.sleep(min(max(chunk["ms"] - before, 0) / 1000, PAUSE_S))
        before = chunk["ms"]
        if piece and not line.send(piece):
            print(f"  the other side ended before everything was sent: {line.ended}")
            return
    line.wait(theirs)
    line.wait(theirs + 1, quiet=0.3)


def cut(data, connection, side):
    """The bytes of one side in the pieces in which they were sent."""
    at = 0
    for chunk in connection["chunks"]:
        if chunk["dir"] == side:
            yield data[at:at + chunk["bytes"]]
            at += chunk["bytes"]


# A server was judged: we are the client.

def request(head, host, args):
    """The request for another host, with credentials put in."""
    lines = head.decode("latin-1").split("\r\n")
    if args.prefix:
        lines[0] = lines[0].replace(" /", f" {args.prefix}/", 1)
    replaced = {h.split(":")[0].strip().lower(): h for h in args.header}
    replaced["host"] = f"Host: {host}"
    lines = [replaced.pop(line.split(":")[0].lower(), line) if i else line for i, line in enumerate(lines)]
    lines[1:1] = [line for name, line in replaced.items() if name != "host"]
    text = "\r\n".join(lines)
    if args.token:
        text = re.sub(r"\*{3,}", lambda _: args.token, text)
    if "***" in text:
        print("  the request holds a blanked credential: give --token or --header", file=sys.stderr)
    return text.encode("latin-1", "replace")


def with_token(rest, token):
    """The frames with the token in text messages; whether any length has changed."""
    out, changed, end = b"", False, 0
    for start, end, opcode, key, payload in frames(rest):
        piece = rest[start:end]
        stars = re.search(rb"\*{3,}", payload)
        if stars and token:
            secret = token.encode()
            if opcode == 1 or all(len(run) == len(secret) for run in re.findall(rb"\*{3,}", payload)):
                piece = frame(rest[start], key, re.sub(rb"\*{3,}", lambda _: secret, payload))
                changed |= len(piece) != end - start
            else:
                print("  a binary message holds a blanked credential of another length; it stays blank", file=sys.stderr)
        elif stars:
            print("  a message holds a blanked credential: give --token", file=sys.stderr)
        out += piece
    return out + rest[end:], changed


def pieces_for(connection, host, args):
    head, rest = split_head(connection["client"])
    is_open = connection["server"].startswith(b"HTTP/1.1 101")
    new_head = request(head, host, args)
    body, changed = with_token(rest, args.token) if is_open else (rest, False)
    if changed:
        # Other lengths: everything behind the handshake goes when its first piece went.
        first, *others = cut(connection["client"], connection, "client")
        sizes = [len(piece) for piece in others]
        out, at = [new_head], 0
        for i, size in enumerate(sizes):
            out.append(body[at:at + size] if i + 1 < len(sizes) else body[at:])
            at += size
        return out
    left, out = len(head), []
    for piece in cut(connection["client"], connection, "client"):
        if left > 0:
            old, left = piece[:left], left - len(piece)
            out.append((new_head if left <= 0 else b"") + piece[len(old):])
        else:
            out.append(piece)
    if changed or body != rest:
        # Same lengths, other bytes.
        at = 0
        for i, piece in enumerate(out[1:], 1):
            out[i], at = body[at:at + len(piece)], at + len(piece)
    return out


def as_client(session, args):
    url = urlsplit(args.target)
    args.prefix = url.path.rstrip("/")
    secure = url.scheme in ("wss", "https")
    port = url.port or (443 if secure else 80)
    differs = False
    for number, connection in enumerate(session["connections"], 1):
        print(f"connection {number} to {url.hostname}:{port}")
        sock = socket.create_connection((url.hostname, port), timeout=10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            context = ssl._create_unverified_context() if args.insecure else ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=url.hostname)
        line = Line(sock)
        play(line, connection, "client", pieces_for(connection, url.netloc.rpartition("@")[2], args))
        sock.close()
        (HERE / f"again-{number}.server.bin").write_bytes(line.got)
        show("the server", line.got)
        differs |= compare(connection["server"], line.got)
    return differs


def compare(recorded, got):
    """Whether what came differs from what was recorded, but for heads, which hold the date."""
    (old_head, old), (new_head, new) = split_head(recorded), split_head(got)
    old_line, new_line = (h.splitlines()[0] if h else b"" for h in (old_head, new_head))
    if old_line != new_line:
        print(f"  differs: the answer was {old_line!r} when it was recorded")
        return True
    if old == new:
        print(f"  the same {len(new)} bytes behind the head as recorded")
        return False
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    print(f"  {len(new)} bytes behind the head, recorded {len(old)}; the first other byte is {at}")
    return True


# A client was judged: we are the server.

def answer(recorded, key):
    """The recorded answer with the key's accept value."""
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest())
    return re.sub(rb"(?i)(sec-websocket-accept:[ \t]*)[^\r]*", lambda m: m.group(1) + accept, recorded)


def as_server(session, args):
    listener = socket.create_server(("127.0.0.1", args.port))
    port = listener.getsockname()[1]
    print(f"ws://127.0.0.1:{port}", flush=True)
    child = start(session, args, port)
    for number, connection in enumerate(session["connections"], 1):
        listener.settimeout(1 if child else None)
        while True:
            try:
                sock, _ = listener.accept()
                break
            except socket.timeout:
                if child.poll() is not None:
                    return ended(child, args)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(f"connection {number}")
        line = Line(sock)
        line.sock.settimeout(10)
        while b"\r\n\r\n" not in line.got and line.ended is None:
            line.wait(len(line.got) + 1, quiet=10)
        key = re.search(rb"(?i)\r\nsec-websocket-key:[ \t]*([^\r]*)", line.got)
        pieces = list(cut(connection["server"], connection, "server"))
        if key and pieces:
            pieces[0] = answer(pieces[0], key.group(1).decode("latin-1").strip())
        # Request heads have other lengths: what counts is what comes behind them.
        longer = len(split_head(line.got)[0]) - len(split_head(connection["client"])[0])
        for chunk in connection["chunks"]:
            if chunk["dir"] == "client":
                chunk["bytes"] = max(chunk["bytes"] + longer, 0)
                break
        play(line, connection, "server", pieces)
        show("the client", line.got)
        sock.close()
    listener.close()
    return ended(child, args)


def start(session, args, port):
    if not args.command:
        return None
    client = session["client"] or {}
    variables = {
        "MYNAH_URL": f"ws://127.0.0.1:{port}", "MYNAH_ENDPOINT": session["endpoint"],
        "MYNAH_OP": client.get("operation", ""), "MYNAH_TOKEN": os.environ.get("MYNAH_TOKEN", "mynah"),
        "MYNAH_IN": str(HERE / client.get("input", "in.txt")), "MYNAH_OUT": str(HERE / "again.out"),
        "MYNAH_FORMAT": client.get("format", ""), "MYNAH_RATE": str(client.get("rate_hz", "")),
        "MYNAH_DEADLINE_MS": str(client.get("deadline_ms", 20000)),
    }
    return subprocess.Popen(args.command, env={**os.environ, **variables})


def ended(child, args):
    if child is None:
        return False
    try:
        code = child.wait(timeout=30)
    except subprocess.TimeoutExpired:
        child.kill()
        print("the program did not end within 30 s and was stopped")
        return True
    out = HERE / "again.out"
    print(f"the program ended with {code}" + (f" and wrote {out.stat().st_size} bytes" if out.exists() else ""))
    return False


def main():
    session = load()
    is_server = session["subject"] != "client"
    words = sys.argv[1:]
    command = words[words.index("--") + 1:] if "--" in words else []
    words = words[:words.index("--")] if "--" in words else words
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    if is_server:
        parser.add_argument("target", help="ws://HOST:PORT or wss://HOST:PORT, perhaps with a prefix for the path")
        parser.add_argument("--token", help="put in where credentials are blanked")
        parser.add_argument("--header", action="append", default=[], metavar="'NAME: VALUE'", help="replaces a header")
        parser.add_argument("--insecure", action="store_true", help="do not verify the server's certificate")
    else:
        parser.add_argument("--port", type=int, default=0, help="where to listen (default: any)")
    args = parser.parse_args(words)
    args.command = command
    if not session["connections"]:
        sys.exit("there was no connection, so there is nothing to play")
    return 1 if (as_client if is_server else as_server)(session, args) else 0


if __name__ == "__main__":
    sys.exit(main())
