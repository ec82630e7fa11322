"""What is measured: one workload after the other, all servers side by side, turn by turn."""

import json
import statistics
import subprocess
import sys
import time

import peers
from peers import CACHE, LOAD_CORE, TOOLS, WORKLOADS

MOCKS = (peers.MYNAH_ON, peers.MYNAH_OFF)


class Workload:
    """A file of fixtures/load."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        data = json.loads(path.read_text())
        self.title, self.kind, self.options = data["title"], data["kind"], data.get("options", [])
        self.sound_s = data.get("sound_s", 0)
        self.script = CACHE / f"{self.name}.script"

    @staticmethod
    def all(kind):
        found = map(Workload, sorted(WORKLOADS.glob("*.json")))
        return [workload for workload in found if workload.kind == kind]

    def spoken_to(self, peer):
        """What a client says to this server, which may know only words of its own."""
        if not peer.speaks:
            return self
        own = Workload(peer.speaks)
        own.script = self.script
        return own

    def capture(self):
        """Stores what mynah answers: what the others will answer, too."""
        server = peers.PEERS[0].start(None, self.options)
        try:
            peers.run(TOOLS / "load", "capture", server.address, self.path, self.script, stdout=subprocess.DEVNULL)
        finally:
            server.stop()


def load(mode, server, workload, **options):
    """Starts the load generator on its core. It says when it is prepared."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    script = [] if mode == "idle" else [workload.script]
    return subprocess.Popen(
        ["taskset", "-c", str(LOAD_CORE), TOOLS / "load", mode, server.address, workload.path, *script, *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )


def said(process):
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the load generator has ended early")
    return json.loads(line)


def once(server, workload, ms, concurrency):
    """One turn of one server."""
    spoken = workload.spoken_to(server.peer)
    process = load("sessions", server, spoken, milliseconds=ms, concurrency=concurrency)
    said(process)
    cpu = server.cpu_s()
    result = said(process)
    cpu = server.cpu_s() - cpu
    process.wait()
    if result["failed"]:
        print(f"{server.peer.name}, {workload.name}: {result['reasons']}", file=sys.stderr)
    sessions, seconds = result["sessions"], result["seconds"]
    return {
        "sessions": sessions, "failed": result["failed"], "seconds": seconds, "bytes": result["bytes"],
        "per_s": sessions / seconds, "per_cpu_s": sessions / cpu if cpu else None, "busy": cpu / seconds,
        "first_p99_us": result["first_us"]["p99"], "first_p50_us": result["first_us"]["p50"],
        "rss_kb": server.rss_kb(),
    }


def side_by_side(workload, there, plan, concurrency):
    """Every server in turn, `plan.turns` times; each turn begins with another one."""
    workload.capture()
    there = [peer for peer in there if peer.only in (None, workload.kind)]
    if workload.kind in ("fresh", "upload"):
        there = [peer for peer in there if peer.name in MOCKS]
    servers = [peer.start(workload.script, workload.options) for peer in there]
    turns = {peer.name: [] for peer in there}
    try:
        for server in servers:
            once(server, workload, plan.warm_ms, concurrency)
        for turn in range(plan.turns):
            first = turn % len(servers)
            for server in servers[first:] + servers[:first]:
                turns[server.peer.name].append(once(server, workload, plan.ms, concurrency))
    finally:
        for server in servers:
            server.stop()
    return {"title": workload.title, "kind": workload.kind, "concurrency": concurrency, "turns": turns}


def starts(there, plan):
    """From the start of the process to its ready line, and what it takes then."""
    (workload,) = Workload.all("one")
    workload.capture()
    found = {peer.name: {"ms": [], "rss_kb": []} for peer in there}
    for _ in range(plan.starts):
        for peer in there:
            server = peer.start(workload.script, [])
            time.sleep(0.1)
            found[peer.name]["ms"].append(server.start_ms)
            found[peer.name]["rss_kb"].append(server.rss_kb())
            server.stop()
    return found


def idle(there, connections):
    """Connections that do nothing: what each takes, and whether all are still there."""
    (workload,) = Workload.all("idle")
    workload.capture()
    found = {}
    for peer in (peer for peer in there if not peer.only):
        options = workload.options if peer.name in MOCKS else []
        server = peer.start(workload.script, options)
        try:
            process = load("idle", server, workload, connections=connections)
            opened = said(process)
            rss = server.rss_kb()
            process.stdin.write("\n")
            process.stdin.flush()
            answered = said(process)["answered"]
            process.wait()
        finally:
            server.stop()
        found[peer.name] = {
            "connections": connections, "opened": opened["sessions"], "seconds": opened["seconds"],
            "kb_each": (rss - server.idle_rss_kb) / connections,
            # The floor knows no ping.
            "answered": None if peer.name == peers.FLOOR else answered,
        }
    return found


def realtime(there, connections, streams):
    """Paced streams, while many connections idle."""
    (workload,) = Workload.all("realtime")
    (quiet,) = Workload.all("idle")
    workload.capture()
    found = {}
    for peer in there:
        if peer.name not in MOCKS:
            continue
        server = peer.start(workload.script, workload.options)
        try:
            idlers = load("idle", server, quiet, connections=connections)
            said(idlers)
            before = server.rss_kb()
            process = load("paced", server, workload, streams=streams)
            said(process)
            cpu = server.cpu_s()
            # The last has begun after a second, the first ends after ten.
            time.sleep(5)
            rss = server.rss_kb()
            result = said(process)
            cpu = server.cpu_s() - cpu
            idlers.stdin.write("\n")
            idlers.stdin.flush()
            answered = said(idlers)["answered"]
        finally:
            server.stop()
        found[peer.name] = {
            "connections": connections, "answered": answered, "streams": streams, "done": result["sessions"],
            "failed": result["failed"], "error_us": result["pacing_error_us"], "busy": cpu / result["seconds"],
            "kb_each": (rss - before) / streams,
        }
    return found


def ratios(turns, name, reference, key):
    """min, median and max of one server's figure against another's, turn by turn."""
    pairs = [(a[key], b[key]) for a, b in zip(turns.get(name, []), turns.get(reference, []))]
    found = [a / b for a, b in pairs if a and b]
    return (min(found), statistics.median(found), max(found)) if found else None
