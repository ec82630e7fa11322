"""Attacks a release build of the mock and watches what becomes of it, and of a well-behaved client: scripts/hostile --help

Each attack has a server of its own. It holds if every session of the well-behaved client beside it succeeds, memory stays
within its bound, the processor is idle and all descriptors are back soon after, and the server ends as it should.
"""

import argparse
import asyncio
import gc
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from attacks import ATTACKS  # noqa: E402
from peer import ROOT  # noqa: E402
from server import Server  # noqa: E402

BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
# Memory that the journal takes is not the attack's; its own account is of payloads and is exceeded by what surrounds them.
JOURNAL_BYTES = 32 << 20
JOURNAL_MIB = 64
# How long sessions of a well-behaved client may take beside an attack.
SLOWEST_S = 3


class Run:
    """One attack at work."""

    def __init__(self, server, clients, seconds, head_s):
        self.address, self.clients, self.seconds, self.head_s = server.address, clients, seconds, head_s
        self.start()

    def start(self):
        """From now on; for attacks that have to prepare something."""
        self.began = time.monotonic()
        self.until = self.began + self.seconds


class Good:
    """The well-behaved client."""

    def __init__(self, server):
        host, port = server.address
        self.process = subprocess.Popen(
            [sys.executable, HERE / "good.py", host, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.first = json.loads(self.process.stdout.readline())

    def end(self):
        out, _ = self.process.communicate("")
        return [self.first, *map(json.loads, out.splitlines())]


def quantile(times, share):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))]


def calm(server, descriptors):
    """After how long descriptors are back, and how busy it is then."""
    began = time.monotonic()
    while server.descriptors() > descriptors and time.monotonic() < began + 15:
        time.sleep(0.05)
    took = time.monotonic() - began
    cpu, began = server.cpu_s(), time.monotonic()
    time.sleep(1)
    return took, server.descriptors(), (server.cpu_s() - cpu) / (time.monotonic() - began)


def carry_out(attack, options):
    """One attack; its figures, and what does not hold."""
    head_s = 1 if options.quick else 10
    seconds = options.seconds or (1 if options.quick else 8)
    guards = {"head_ms": head_s * 1000, "tls_ms": head_s * 1000, "close_ms": head_s * 1000, "journal_bytes": JOURNAL_BYTES}
    server = Server(options.bin, {**guards, **attack.guards}, attack.options)
    wrong = []
    try:
        descriptors = server.descriptors()
        good = Good(server)
        time.sleep(0.3 if options.quick else 1.5)
        idle_kb, server.most_kb = server.rss_kb(), 0
        cpu, run = server.cpu_s(), Run(server, attack.clients[options.quick], seconds, head_s)
        try:
            said = asyncio.run(attack.run(run))
        except Exception as error:  # an attack that fails is a finding about the server, or about the attack
            said = f"{type(error).__name__}: {error}"
            wrong.append(said)
        began, ended = run.began, time.monotonic()
        busy = (server.cpu_s() - cpu) / (ended - began)
        time.sleep(0.3)
        sessions = good.end()
        gc.collect()
        back_s, left, idle_busy = calm(server, descriptors)
        most_mib, after_mib = (server.most_kb - idle_kb) / 1024, (server.rss_kb() - idle_kb) / 1024
    finally:
        stop_s, status, errors = server.stop()
    before = [took for at, took, _ in sessions if at + took < began] or [sessions[0][1]]
    during = [took for at, took, _ in sessions if at < ended and at + took > began]
    # Where all places are taken on purpose, nobody gets in before the attack is over.
    fine = {"Refused: HTTP/1.1 503 Service Unavailable"} if attack.crowded else set()
    failed = [why for at, _, why in sessions if why and not (why in fine and at < ended)]
    if failed:
        wrong.append(f"{len(failed)} of {len(sessions)} sessions beside it failed: {failed[0]}")
    if max(during, default=0) > SLOWEST_S:
        wrong.append(f"a session beside it took {max(during):.2f} s")
    if most_mib > attack.mib + JOURNAL_MIB:
        wrong.append(f"{most_mib:.0f} MiB of memory, not {attack.mib + JOURNAL_MIB}")
    if left > descriptors:
        wrong.append(f"{left - descriptors} descriptors were not given back")
    if idle_busy > 0.1:
        wrong.append(f"the processor is still {idle_busy:.0%} busy")
    if status != 0 or stop_s > 3:
        wrong.append(f"ended with {status} after {stop_s:.1f} s")
    if errors:
        wrong.append(f"logged {errors.splitlines()[0]}")
    return {
        "name": attack.name, "what": attack.what, "clients": run.clients, "said": said, "most_mib": most_mib, "after_mib": after_mib,
        "bound_mib": attack.mib + JOURNAL_MIB, "busy": busy, "back_s": back_s, "beside": len(during), "failed": len(failed),
        "slower": statistics.median(during or [0]) / statistics.median(before), "p99_s": quantile(during or [0], 0.99),
        "before_ms": statistics.median(before) * 1000, "worst_s": max(during, default=0), "wrong": wrong,
    }


def table(results):
    lines = ["| attack | clients | came to | memory at most, after (bound), MiB | cores | beside it: sessions, failed | median, against before | slowest |",
             "|---|---|---|---|---|---|---|---|"]
    for it in results:
        lines.append(
            f"| `{it['name']}`: {it['what']} | {it['clients']} | {it['said']} | {it['most_mib']:.0f}, {it['after_mib']:.0f} ({it['bound_mib']}) "
            f"| {it['busy']:.1f} | {it['beside']}, {it['failed']} | × {it['slower']:.1f} | {it['worst_s'] * 1000:.0f} ms |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="scripts/hostile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("attack", nargs="*", help="only these; none is all")
    parser.add_argument("--quick", action="store_true", help="fewer clients, short times, short guards")
    parser.add_argument("--seconds", type=float, help="how long each attack goes on (default 8, quick 1)")
    parser.add_argument("--bin", type=pathlib.Path, help="the program, if it is not to be built")
    parser.add_argument("--docs", action="store_true", help="put the table into docs/hostile.md")
    parser.add_argument("--list", action="store_true", help="only name the attacks")
    options = parser.parse_args()
    chosen = [attack for attack in ATTACKS if not options.attack or attack.name in options.attack]
    if options.list or not chosen:
        print("\n".join(f"{attack.name}: {attack.what}" for attack in ATTACKS))
        return 0 if options.list else 2
    if options.bin is None:
        subprocess.run(["cargo", "build", "--release", "--quiet", "-p", "cli"], cwd=ROOT, check=True)
        options.bin = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/mynah"
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65536, hard))
    results = []
    for attack in chosen:
        it = carry_out(attack, options)
        results.append(it)
        print(f"{it['name']}: {it['said']}; {it['most_mib']:.0f} MiB, then {it['after_mib']:.0f}; {it['busy']:.1f} cores; back after "
              f"{it['back_s']:.1f} s; beside it {it['beside']} sessions, {it['failed']} failed, × {it['slower']:.1f}, slowest "
              f"{it['worst_s']:.2f} s (before {it['before_ms']:.0f} ms)", flush=True)
        for wrong in it["wrong"]:
            print(f"  WRONG: {wrong}", flush=True)
    if options.docs:
        page = ROOT / "docs/hostile.md"
        before, _, rest = page.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        how = f"{platform.system()}, {len(os.sched_getaffinity(0))} cores, clients and server on the same machine; one run.\n\n"
        page.write_text(before + BEGIN + how + table(results) + END + after)
    wrong = sum(bool(it["wrong"]) for it in results)
    print(f"hostile: {len(results)} attacks, {wrong} not held off")
    return 1 if wrong else 0


sys.exit(main())
