"""Results as a picture: sessions per server CPU second against the floor, one group of bars a workload."""

from html import escape

from measure import ratios
from peers import FLOOR

WIDTH, LABEL, BAR, GAP, HEAD = 820, 190, 16, 22, 46
COLOURS = {"mynah": "#1b7f5c", "mynah, journal off": "#66b79b"}
OTHER = "#9aa5b1"


def svg(results):
    groups = [(result["title"], bars(result["turns"])) for result in results["workloads"].values()
              if FLOOR in result["turns"]]
    most = max((high for _, rows in groups for _, (_, _, high) in rows), default=1)
    scale = (WIDTH - LABEL - 70) / max(most, 1)
    parts, y = [], HEAD
    for title, rows in groups:
        parts.append(text(10, y + 12, title, weight="bold"))
        y += 20
        for name, (low, middle, high) in rows:
            at = y + BAR / 2
            parts.append(text(LABEL - 8, at + 4, name, anchor="end"))
            parts.append(f'<rect x="{LABEL}" y="{y}" width="{middle * scale:.1f}" height="{BAR - 4}" fill="{COLOURS.get(name, OTHER)}"/>')
            parts.append(f'<path d="M{LABEL + low * scale:.1f} {at - 2}H{LABEL + high * scale:.1f}" stroke="#222" stroke-width="1.5"/>')
            parts.append(text(LABEL + max(high, middle) * scale + 6, at + 4, f"{middle:.2f}"))
            y += BAR
        y += GAP
    floor = LABEL + scale
    line = f'<path d="M{floor:.1f} {HEAD - 6}V{y - GAP + 4}" stroke="#c0392b" stroke-dasharray="4 3"/>'
    head = text(10, 20, "Sessions per second of server CPU; 1 (dashed) is a server that parses nothing and writes bytes made beforehand")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12">'
            f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>{head}{line}{"".join(parts)}</svg>\n')


def bars(turns):
    found = ((name, ratios(turns, name, FLOOR, "per_cpu_s")) for name in turns if name != FLOOR)
    return [(name, three) for name, three in found if three]


def text(x, y, words, weight="normal", anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'
