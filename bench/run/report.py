"""Results as Markdown: ratios, and which targets hold."""

import statistics

import peers
from measure import ratios
from peers import AIMOCK_NAME, FLOOR, MOCKOON_NAME, MYNAH_OFF, MYNAH_ON, NODE, PLAIN, PYTHON


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def spread(three):
    """`1.23 (1.10–1.31)`: the median, and how far it varied."""
    if not three:
        return "–"
    low, middle, high = three
    return f"**{number(middle)}** ({number(low)}–{number(high)})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def median(turns, key):
    found = [turn[key] for turn in turns if turn[key] is not None]
    return statistics.median(found) if found else None


def sessions_table(result):
    """One workload: every server against the floor, and against mynah."""
    turns = result["turns"]
    rows = []
    for name, own in turns.items():
        rows.append([
            name,
            spread(ratios(turns, name, FLOOR, "per_s")),
            spread(ratios(turns, name, FLOOR, "per_cpu_s")),
            spread(ratios(turns, MYNAH_ON, name, "per_cpu_s")) if name != MYNAH_ON else "1",
            number(median(own, "per_s")),
            number(median(own, "per_cpu_s") or 0),
            str(sum(turn["failed"] for turn in own)),
        ])
    head = ["server", "sessions/s against the floor", "sessions per CPU second against the floor",
            "mynah against it, per CPU second", "sessions/s", "per CPU second", "failed"]
    return table(head, rows)


def alone_table(result, seconds_of_sound):
    """A workload that only mynah can do."""
    rows = []
    for name, own in result["turns"].items():
        realtime = [turn["per_cpu_s"] * seconds_of_sound for turn in own]
        rows.append([name, number(median(own, "per_s")), number(median(own, "per_cpu_s")),
                     spread((min(realtime), statistics.median(realtime), max(realtime))),
                     str(sum(turn["failed"] for turn in own))])
    return table(["server", "sessions/s", "per CPU second", "× real time per core", "failed"], rows)


def standing_table(results):
    """What servers take without doing anything."""
    starts, idle = results["starts"], results.get("idle", {})
    rows = []
    for name, found in starts.items():
        ms = found["ms"]
        still = idle.get(name)
        rows.append([
            name, spread((min(ms), statistics.median(ms), max(ms))),
            number(statistics.median(found["rss_kb"]) / 1024),
            number(still["kb_each"]) if still else "–",
            "–" if not still else "none" if still["answered"] is None and still["opened"] == still["connections"]
            else "none" if still["answered"] == still["connections"] else str(still["connections"] - (still["answered"] or still["opened"])),
        ])
    connections = next(iter(idle.values()))["connections"] if idle else 0
    return table(["server", "start to ready line, ms", "idle RSS, MB", f"KB per idle connection ({connections:,} open)", "lost"], rows)


def realtime_table(results):
    rows = []
    for name, found in results.get("realtime", {}).items():
        error = found["error_us"]
        rows.append([
            name, f"{found['done']:,} of {found['streams']:,}", f"{found['answered']:,} of {found['connections']:,}",
            number(error["p50"] / 1000), number(error["p99"] / 1000), number(error["max"] / 1000),
            number(found["busy"] * 100) + " %", number(found["kb_each"]),
        ])
    return table(["server", "streams whole", "idle connections kept", "pacing error p50, ms", "p99, ms", "max, ms",
                  "server core busy", "KB per stream"], rows)


def kind(results, wanted):
    return [result for result in results["workloads"].values() if result["kind"] == wanted]


# What the fresh workloads ask for, and how many times real time it should be made.
SYNTHESIS = {"fresh": ("pcm", 500), "fresh-mp3": ("mp3", 50), "fresh-opus": ("Opus", 50)}


def targets(results):
    """Every target with what was measured; the worst of the workloads counts."""
    rows = []

    def judge(what, target, found, holds, form=number):
        rows.append([what, target, "–" if found is None else form(found), "–" if found is None else "yes" if holds(found) else "**no**"])

    def worst(name, reference, sort, *keys):
        found = [ratios(result["turns"], name, reference, key) for result in kind(results, sort) for key in keys]
        found = [three[1] for three in found if three]
        return min(found) if found else None

    both = ("per_s", "per_cpu_s")
    at_least = lambda least: (lambda found: found >= least)
    at_most = lambda most: (lambda found: found <= most)
    judge("small sessions against the floor, journal on", "≥ 0.75", worst(MYNAH_ON, FLOOR, "small", *both), at_least(0.75))
    judge("small sessions against the floor, journal off", "≥ 0.9", worst(MYNAH_OFF, FLOOR, "small", *both), at_least(0.9))
    for peer, least in ((PLAIN, 2), (NODE, 4.5), (PYTHON, 7.5)):
        judge(f"small sessions per CPU second, against {peer}", f"≥ {least}", worst(MYNAH_ON, peer, "small", "per_cpu_s"), at_least(least))
    for peer, least in ((AIMOCK_NAME, 3.5), (MOCKOON_NAME, 6)):
        judge(f"one-message sessions, against {peer}", f"≥ {least}", worst(MYNAH_ON, peer, "one", *both), at_least(least))
    judge("large sessions against the floor", "≥ 0.85", worst(MYNAH_ON, FLOOR, "large", *both), at_least(0.85))
    latency = [ratios(result["turns"], MYNAH_ON, FLOOR, "first_p99_us") for result in results["latency"]]
    latency = [three[1] for three in latency if three]
    judge("first byte p99, one at a time, against the floor", "≤ 1.5", max(latency, default=None), at_most(1.5))
    idle = results.get("idle", {}).get(MYNAH_ON)
    judge("KB per idle connection, its journal entry included", "≤ 6", idle and idle["kb_each"], at_most(6))
    starts = results["starts"]
    ready = {name: statistics.median(found["ms"]) for name, found in starts.items()}
    if MYNAH_ON in ready:
        judge("start to ready line, ms", "≤ 10", ready[MYNAH_ON], at_most(10))
        for peer in (NODE, PYTHON):
            if peer in ready:
                judge(f"start to ready line, against {peer}", "≤ 0.1", ready[MYNAH_ON] / ready[peer], at_most(0.1))
        judge("idle RSS, MB", "≤ 12", statistics.median(starts[MYNAH_ON]["rss_kb"]) / 1024, at_most(12))
    judge("binary, MB", "≤ 15", results["binary_bytes"] / 1e6, at_most(15))
    for result in kind(results, "upload"):
        own = [turn["per_cpu_s"] * results["sound_s"][result["name"]] for turn in result["turns"][MYNAH_ON]]
        judge("recognition of uploads, × real time per core", "≥ 100", statistics.median(own), at_least(100))
    for result in kind(results, "fresh"):
        own = [turn["per_cpu_s"] * results["sound_s"][result["name"]] for turn in result["turns"][MYNAH_ON]]
        sound, least = SYNTHESIS[result["name"]]
        judge(f"synthesis of texts never asked for before, {sound} (whole sessions), × real time per core", f"≥ {least}",
              statistics.median(own), at_least(least))
    paced = results.get("realtime", {}).get(MYNAH_ON)
    if paced:
        judge(f"pacing error p99 of {paced['streams']:,} real-time streams, ms", "≤ 5", paced["error_us"]["p99"] / 1000, at_most(5))
        lost = paced["streams"] - paced["done"] + paced["connections"] - paced["answered"]
        rows.append(["KB per active session (one of these streams, its sound kept in the journal)", "–", number(paced["kb_each"]), "–"])
        judge("sessions lost meanwhile, idle ones among them", "0", lost, at_most(0), str)
    return table(["what", "target", "measured", "holds"], rows)


def markdown(results):
    parts = [results["about"], "### Targets", targets(results)]
    for result in results["workloads"].values():
        parts.append(f"### {result['title']}, {result['concurrency']} at a time")
        if result["kind"] in ("fresh", "upload"):
            parts.append(alone_table(result, results["sound_s"][result["name"]]))
        else:
            parts.append(sessions_table(result))
    for result in results["latency"]:
        rows = [[name, number(median(own, "first_p50_us")), number(median(own, "first_p99_us")),
                 spread(ratios(result["turns"], name, FLOOR, "first_p99_us"))] for name, own in result["turns"].items()]
        parts += [f"### First byte: {result['title']}, one at a time",
                  table(["server", "p50, µs", "p99, µs", "p99 against the floor"], rows)]
    parts += ["### Standing still", standing_table(results)]
    if results.get("realtime"):
        parts += ["### Real time", realtime_table(results)]
    return "\n\n".join(parts) + "\n"
