"""The servers that are measured: how they are built, started and stopped."""

import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "bench"
CACHE = ROOT / ".cache/bench"
MYNAH = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/mynah"
TOOLS = HOME / "target/release"
WORKLOADS = ROOT / "fixtures/load"

# Pinned, so that ratios of different days are about the same programs.
WEBSOCKETS = "websockets==17.4"
WS = "ws@8.23.0"
AIMOCK = "@copilotkit/aimock@1.43.0"
MOCKOON = "@mockoon/cli@9.9.0"
WIREMOCK = "org.wiremock:wiremock-standalone:4.0.0-beta.38"

READY_S = 30
READY = re.compile(r"ready (?:ws://)?([\d.]+:\d+)|^port: +(\d+)")


class Missing(Exception):
    """A peer that this machine cannot have, and why."""


class Peer:
    """One server."""

    def __init__(self, name, command, install=None, note="", only=None, speaks=None):
        self.name, self.command, self.install, self.note = name, command, install, note
        # The one kind of workload that it can do, if it cannot do all; and what its client does,
        # if that is not what everybody's does.
        self.only, self.speaks = only, speaks

    def start(self, script, options):
        return Running(self, self.command(script, options))


class Running:
    """A server at work, on one core."""

    def __init__(self, peer, command):
        self.peer = peer
        began = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *map(str, command)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, cwd=CACHE, env=ENVIRONMENT,
        )
        found = self.ready()
        self.start_ms = (time.perf_counter() - began) * 1000
        if not found:
            self.stop()
            raise RuntimeError(f"{peer.name} did not start: {command}")
        address = found.group(1) or found.group(2)
        self.address = address if ":" in address else f"127.0.0.1:{address}"
        self.idle_rss_kb = self.rss_kb()

    def ready(self):
        """The line that says where it listens, among those of the start."""
        while select.select([self.process.stdout], [], [], READY_S)[0]:
            line = self.process.stdout.readline().decode()
            if not line or (found := READY.search(line)):
                return found if line else None
        return None

    def rss_kb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise RuntimeError(f"{self.peer.name} has ended")

    def cpu_s(self):
        """Processor time of the whole process so far, in the kernel's ticks."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def cores():
    """One core for the server and another for the load, where there are two."""
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]


SERVER_CORE, LOAD_CORE = cores()
ENVIRONMENT = {**os.environ, "NODE_PATH": str(CACHE / "node/node_modules"), "RUST_LOG": ""}


def run(*command, **more):
    subprocess.run([str(part) for part in command], check=True, **more)


def build():
    """Everything of ours, as it is shipped."""
    run("cargo", "build", "--release", "--quiet", "-p", "cli", cwd=ROOT)
    run("cargo", "build", "--release", "--quiet", cwd=HOME, env={k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"})


def mynah(*more):
    return lambda script, options: [MYNAH, "serve", "--listen", "127.0.0.1:0", *more, *options]


def venv():
    python = CACHE / "python/bin/python"
    if not python.exists():
        run(sys.executable, "-m", "venv", CACHE / "python")
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WEBSOCKETS)


def npm(folder, package):
    """What installs a package into a folder of its own."""
    def install():
        if not shutil.which("node") or not shutil.which("npm"):
            raise Missing("no Node on this machine")
        done = CACHE / folder / "done"
        if not done.exists():
            done.parent.mkdir(parents=True, exist_ok=True)
            run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", done.parent, package)
            done.write_text(package)
    return install


def wiremock():
    """The whole program in one file, and a stub that answers every message."""
    if not shutil.which("java") or not shutil.which("mvn"):
        raise Missing("no Java or no Maven on this machine")
    folder = CACHE / "wiremock"
    if not (folder / "done").exists():
        stubs = folder / "root/message-mappings"
        stubs.mkdir(parents=True, exist_ok=True)
        answer = {"type": "send", "channelTarget": {"type": "originating"}, "message": {"body": {"data": "hello"}}}
        (stubs / "one.json").write_text(json.dumps({"name": "one", "trigger": {"type": "message"}, "actions": [answer]}))
        run("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={WIREMOCK}", f"-DoutputDirectory={folder}")
        (folder / "done").write_text(WIREMOCK)


def one_message_path():
    return json.loads((WORKLOADS / "one-message.json").read_text())["path"]


PEERS = [
    Peer("mynah", mynah()),
    Peer("mynah, journal off", mynah("--journal", "off")),
    Peer("raw floor", lambda script, options: [TOOLS / "floor", script], note="parses nothing, writes bytes made beforehand"),
    Peer("tokio-tungstenite", lambda script, options: [TOOLS / "plain", script], note="as one writes it first"),
    Peer("Node ws", lambda script, options: ["node", HOME / "peers/ws_mock.cjs", script], install=npm("node", WS)),
    Peer("Python websockets", lambda script, options: [CACHE / "python/bin/python", HOME / "peers/websockets_mock.py", script], install=venv),
    Peer("aimock", lambda script, options: ["node", HOME / "peers/aimock.cjs", CACHE / "aimock"],
         install=npm("aimock", AIMOCK), only="one", speaks=HOME / "peers/aimock.json"),
    Peer("Mockoon", lambda script, options: ["node", HOME / "peers/mockoon.cjs", script, one_message_path(), CACHE / "mockoon"],
         install=npm("mockoon", MOCKOON), only="one"),
    Peer("WireMock", lambda script, options: [
        "java", "-jar", *sorted((CACHE / "wiremock").glob("*.jar")), "--port", "0", "--bind-address", "127.0.0.1",
        "--root-dir", CACHE / "wiremock/root", "--no-request-journal", "--disable-banner",
    ], install=wiremock, only="one"),
]
MYNAH_ON, MYNAH_OFF, FLOOR, PLAIN, NODE, PYTHON, AIMOCK_NAME, MOCKOON_NAME, _ = (peer.name for peer in PEERS)


def installed(wanted):
    """The peers that this machine can have; says which it cannot."""
    CACHE.mkdir(parents=True, exist_ok=True)
    there = []
    for peer in PEERS:
        if wanted and not any(word in peer.name for word in wanted):
            continue
        try:
            if peer.install:
                peer.install()
            there.append(peer)
        except (Missing, subprocess.CalledProcessError) as error:
            print(f"{peer.name} is left out: {error}", file=sys.stderr)
    return there
