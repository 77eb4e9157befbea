"""The chart of the README: what queries cost, relative to by hand, a bar a competitor, on a scale of powers of ten."""

import math

from .competitors import HAND, OURS, TITLES

# what is shown, and how it is called there
SHOWN = [
    ("primary key", "one", "one row by its key"),
    ("newest 10", "one", "newest 10 rows"),
    ("count and sum", "one", "count and sum"),
    ("join of three", "one", "join of three tables"),
    ("sequential scan", "one", "sequential scan"),
    ("newest 10", "20", "newest 10 rows"),
    ("count and sum", "20", "count and sum"),
    ("count and sum", "all", "count and sum"),
]
SHAPES = {"one": "for one tenant", "20": "for 20 tenants", "500": "for 500 tenants", "all": "for all tenants"}
COLOURS = {OURS: "#1f6feb", "setting": "#bf8700", "any": "#8250df", "member": "#bf3989", "function": "#cf222e"}
WIDTH, LEFT, RIGHT, TOP, ROW, BAR, GAP, FOOT = 840, 170, 62, 128, 15, 11, 14, 26
LEAST = 0.6     # where the bars begin, so that a ratio of 1 has one

STYLE = """<style>
text { fill: #59636e; font: 12px system-ui, -apple-system, "Segoe UI", sans-serif }
.title { fill: #1f2328; font-size: 17px; font-weight: 600 }
.name { fill: #1f2328; font-size: 13px; font-weight: 600 }
.ours { fill: #1f2328; font-weight: 600 }
.grid { stroke: #d1d9e0 }
.hand { stroke: #1f2328; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 }
  .title, .name, .ours { fill: #f0f6fc }
  .grid { stroke: #3d444d }
  .hand { stroke: #f0f6fc }
}
</style>"""


def draw(file, about, cases):
    major = max((case.major for case in cases), default=None)
    found = [(case, label) for name, shape, label in SHOWN for case in cases
             if (case.group, case.name, case.shape, case.workers, case.major) == ("reads", name, shape, 0, major)]
    if found:
        file.write_text(svg(about, found))


class Scale:
    """Ratios as places from left to right."""

    def __init__(self, most):
        self.decades = max(1, math.ceil(math.log10(most)))
        self.least = math.log10(LEAST)
        self.unit = (WIDTH - LEFT - RIGHT) / (self.decades - self.least)

    def x(self, ratio):
        return LEFT + (max(math.log10(ratio), self.least) - self.least) * self.unit


def svg(about, shown):
    names = [name for name in TITLES if name != HAND]
    block = len(names) * ROW + GAP
    bottom = TOP + len(shown) * block - GAP
    scale = Scale(max(ratio for case, _ in shown for ratio in case.outcome.ratio.values()))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + FOOT}" width="{WIDTH}" '
             f'height="{bottom + FOOT}" role="img" aria-label="Time of queries relative to the same queries by hand">', STYLE,
             *heading(about, shown[0][0].major), *legend(names), *grid(scale, bottom)]
    for number, (case, label) in enumerate(shown):
        top = TOP + number * block
        middle = top + len(names) * ROW / 2
        parts.append(f'<text x="0" y="{middle - 3:.0f}" class="name">{label}</text>'
                     f'<text x="0" y="{middle + 13:.0f}">{SHAPES[case.shape]}</text>')
        parts += [bar(case.outcome.ratio.get(name), name, top + place * ROW, scale) for place, name in enumerate(names)]
    return "\n".join([*parts, "</svg>", ""])


def heading(about, major):
    version = next(version for version in about["postgresql"] if version.startswith(f"{major}."))
    return ['<text x="0" y="18" class="title">Time of a query, relative to WHERE tenant_id = … without row security</text>',
            f'<text x="0" y="39">PostgreSQL {version}, {about["rows"]:,} rows of {about["tenants"]:,} tenants, {about["date"]}. '
            "Shorter is better; each line to the right is ten times as long.</text>"]


def legend(names):
    """Three columns of names, ours first."""
    return [f'<rect x="{280 * (number % 3)}" y="{56 + 20 * (number // 3)}" width="11" height="11" rx="2" fill="{COLOURS[name]}"/>'
            f'<text x="{280 * (number % 3) + 17}" y="{66 + 20 * (number // 3)}"{ours(name)}>{TITLES[name]}</text>'
            for number, name in enumerate(names)]


def ours(name):
    return ' class="ours"' if name == OURS else ""


def grid(scale, bottom):
    lines = []
    for decade in range(scale.decades + 1):
        at = scale.x(10 ** decade)
        kind, label = ("hand", "by hand") if decade == 0 else ("grid", f"{10 ** decade:,}×")
        lines.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 8}" y2="{bottom + 6}" class="{kind}"/>'
                     f'<text x="{at:.1f}" y="{TOP - 14}" text-anchor="middle">{label}</text>')
    return lines


def bar(ratio, name, top, scale):
    if ratio is None:
        return f'<text x="{scale.x(1) + 5:.1f}" y="{top + BAR}"><tspan font-style="italic">cannot</tspan></text>'
    label = f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
    end = scale.x(ratio)
    # Not on the line of what is written by hand.
    label_at = max(end, scale.x(1)) + 5
    return (f'<rect x="{LEFT}" y="{top + 1}" width="{max(end - LEFT, 1):.1f}" height="{BAR}" rx="1.5" fill="{COLOURS[name]}"/>'
            f'<text x="{label_at:.1f}" y="{top + BAR}"{ours(name)}>{label}×</text>')
