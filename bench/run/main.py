"""Measures mynah beside other servers, in one run, turn by turn: scripts/bench --help

Only ratios inside one run count: absolute figures are those of this machine and this hour.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import measure
import peers
import plot
import report

DOCS = peers.ROOT / "docs"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"


class Plan:
    """How much is measured."""

    def __init__(self, quick):
        self.turns, self.ms, self.warm_ms, self.starts = (3, 500, 150, 2) if quick else (5, 2000, 500, 10)
        self.connections, self.streams = (2_000, 300) if quick else (10_000, 1_000)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="in three to four minutes, with less to count on")
    parser.add_argument("--only", action="append", default=[], metavar="KIND",
                        help="small, one, large, storm, fresh, upload, latency, idle, realtime; may be repeated")
    parser.add_argument("--peer", action="append", default=[], metavar="WORD", help="servers whose names contain the word")
    parser.add_argument("--out", type=pathlib.Path, default=peers.CACHE / "results", help="folder for results.json, report.md, plot.svg")
    parser.add_argument("--docs", action="store_true", help="put the report into docs/performance.md as well")
    return parser.parse_args()


def measure_all(options, plan):
    wants = lambda kind: not options.only or kind in options.only
    there = peers.installed(options.peer)
    results = {"workloads": {}, "latency": [], "sound_s": {}, "binary_bytes": peers.MYNAH.stat().st_size}
    say("starts")
    results["starts"] = measure.starts(there, plan)
    for kind, concurrency in (("small", 64), ("one", 64), ("large", 64), ("storm", 256), ("fresh", 64), ("upload", 64)):
        for workload in measure.Workload.all(kind) if wants(kind) else []:
            say(workload.name)
            result = measure.side_by_side(workload, there, plan, concurrency)
            results["workloads"][workload.name] = {"name": workload.name, **result}
            results["sound_s"][workload.name] = workload.sound_s
    for workload in measure.Workload.all("small")[:1] if wants("latency") else []:
        say(f"{workload.name}, one at a time")
        results["latency"].append(measure.side_by_side(workload, there, plan, 1))
    if wants("idle"):
        say("idle")
        results["idle"] = measure.idle(there, plan.connections)
    if wants("realtime"):
        say("realtime")
        results["realtime"] = measure.realtime(there, plan.connections, plan.streams)
    return results


def say(what):
    print(f"{datetime.datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)


def about(options, plan):
    cores = len(os.sched_getaffinity(0))
    machine = f"{platform.system()} {platform.release().split('-')[0]}, {cores} cores; server on one core, load generator on another"
    took = f"{plan.turns} turns of {plan.ms / 1000:g} s each" + (", `--quick`" if options.quick else "")
    return f"Measured by `scripts/bench`: {took}. {machine}. A cell is **median** (lowest–highest) over the turns."


def main():
    options = arguments()
    plan = Plan(options.quick)
    say("build")
    peers.build()
    results = measure_all(options, plan)
    results["about"] = about(options, plan)
    text = report.markdown(results)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "results.json").write_text(json.dumps(results, indent=1))
    (options.out / "report.md").write_text(text)
    (options.out / "plot.svg").write_text(plot.svg(results))
    if options.docs:
        page = DOCS / "performance.md"
        before, _, rest = page.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(before + BEGIN + text + END + after)
        (DOCS / "performance.svg").write_text(plot.svg(results))
    print(text)
    lost = sum(turn["failed"] for result in results["workloads"].values() for name in measure.MOCKS
               for turn in result["turns"].get(name, []))
    if lost:
        sys.exit(f"mynah lost {lost} sessions")


main()
