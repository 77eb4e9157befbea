"""The chart of the README: how much slower than by hand, a group of bars a query, on a scale of powers of ten."""

import math

from .competitors import HAND, TITLES

SHOWN = [("primary key", "one"), ("newest 10", "one"), ("count and sum", "one"), ("join of three", "one"), ("newest 10", "20"),
         ("count and sum", "20"), ("exists", "20"), ("count and sum", "500"), ("count and sum", "all"), ("sequential scan", "one")]
COLOURS = {"ours": "#2f81f7", "setting": "#d29922", "any": "#a371f7", "member": "#db61a2", "function": "#f85149"}
LEFT, RIGHT, TOP, BAR, GAP, WIDTH = 190, 70, 96, 9, 14, 860
SHAPES = {"one": "one tenant", "20": "20 tenants", "500": "500 tenants", "all": "all 1,000"}


def draw(file, about, cases):
    major = max((case.major for case in cases), default=None)
    found = [case for name, shape in SHOWN for case in cases
             if (case.group, case.name, case.shape, case.workers, case.major) == ("reads", name, shape, 0, major)]
    if found:
        file.write_text(svg(about, found))


def svg(about, cases):
    names = [name for name in TITLES if name != HAND]
    block = len(names) * BAR + GAP
    height = TOP + len(cases) * block + 40
    most = max(ratio for case in cases for ratio in case.outcome.ratio.values())
    decades = max(1, math.ceil(math.log10(most)))
    scale = (WIDTH - LEFT - RIGHT) / (decades + 0.3)

    def x(ratio):
        # from 0.5 on, so that a ratio of 1 has a bar of its own
        return LEFT + (math.log10(max(ratio, 0.5)) + 0.3) * scale
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="12">',
             "<style>text { fill: #57606a } .strong { fill: #1f2328; font-weight: 600 } line { stroke: #d0d7de } "
             "@media (prefers-color-scheme: dark) { text { fill: #9198a1 } .strong { fill: #f0f6fc } line { stroke: #3d444d } }</style>",
             '<text x="0" y="16" class="strong" font-size="15">Time of a query, relative to WHERE tenant_id = … without row security</text>',
             f'<text x="0" y="34">PostgreSQL {about["postgresql"][0]}, {about["rows"]:,} rows, 1,000 tenants, {about["date"]}; '
             "shorter is better, the scale is logarithmic</text>"]
    for number, name in enumerate(names):
        left, top = 280 * (number % 3), 48 + 18 * (number // 3)
        parts.append(f'<rect x="{left}" y="{top}" width="10" height="10" fill="{COLOURS[name]}"/>'
                     f'<text x="{left + 16}" y="{top + 9}">{TITLES[name]}</text>')
    for decade in range(decades + 1):
        at = x(10 ** decade)
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 4}" y2="{height - 30}"/>'
                     f'<text x="{at:.1f}" y="{height - 14}" text-anchor="middle">{10 ** decade:,}×</text>')
    for number, case in enumerate(cases):
        top = TOP + number * block
        parts.append(f'<text x="{LEFT - 10}" y="{top + 16}" class="strong" text-anchor="end">{case.name}</text>'
                     f'<text x="{LEFT - 10}" y="{top + 32}" text-anchor="end">{SHAPES[case.shape]}</text>')
        for place, name in enumerate(names):
            parts.append(bar(case.outcome.ratio.get(name), name, top + place * BAR, x))
    return "\n".join([*parts, "</svg>", ""])


def bar(ratio, name, top, x):
    if ratio is None:
        return f'<text x="{LEFT + 4}" y="{top + BAR - 1}" font-size="9">cannot</text>'
    label = f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
    weight = ' class="strong"' if name == "ours" else ""
    return (f'<rect x="{LEFT}" y="{top}" width="{x(ratio) - LEFT:.1f}" height="{BAR - 1}" fill="{COLOURS[name]}"/>'
            f'<text x="{x(ratio) + 4:.1f}" y="{top + BAR - 1}" font-size="9"{weight}>{label}×</text>')
