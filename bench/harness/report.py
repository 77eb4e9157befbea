"""The table in the terminal: a line a case, with a bar for the ratio."""

import sys

from .competitors import HAND, OURS, TITLES
from .results import summary

WIDTH = 24      # characters of a bar of ratio 2
COLOURS = sys.stdout.isatty()


def painted(text, colour):
    return f"\033[{colour}m{text}\033[0m" if COLOURS else text


def bar(ratio, goal):
    length = min(WIDTH, max(1, round(ratio * WIDTH / 2)))
    body = ("█" * length).ljust(WIDTH)
    mark = min(WIDTH - 1, round(goal * WIDTH / 2)) if goal and goal < 2 else None
    if mark is not None and body[mark] == " ":
        body = body[:mark] + "│" + body[mark + 1:]
    return body


def title(case):
    workers = f" (+{case.workers} workers)" if case.workers else ""
    return f"{case.name}{workers}, {case.shape}" if case.shape else case.name


def line(case):
    """One case: what, milliseconds of both, ratio, bar, verdict, and the other competitors' ratios."""
    values = case.outcome.ms
    figures = "".join(f"{number(values.get(name)):>10}" for name in (case.base, case.measured))
    verdict = painted("ok    ", "32") if case.met else painted("MISSED", "31;1")
    plan = "" if case.plan_equal is not False else painted(" other plan", "33")
    others = " ".join(f"{name} {ratio(case, name)}" for name in case.competitors if name not in (case.base, case.measured))
    return f"{title(case):44}{figures} {case.ratio:7.2f} {bar(case.ratio, case.goal)} {verdict}{plan}  {others}".rstrip()


def ratio(case, name):
    """Of a race the competitor's ratio, of a figure the value."""
    if case.unit != "ms":
        return number(case.outcome.ms[name])
    found = case.outcome.ratio.get(name)
    return "cannot" if found is None else f"{found:.2f}" if found < 100 else f"{found:,.0f}"


def number(value):
    if value is None:
        return "-"
    return f"{value:.4f}" if abs(value) < 1 else f"{value:,.1f}"


def header(group, case):
    base, measured = (TITLES.get(name, name) for name in (case.base, case.measured))
    text = f"{group}: {measured} against {base}, {case.unit or 'values'}, ratio; │ is the goal"
    return f"\n{painted(text, '1')}"


def closing(cases):
    """The goals over all, and what missed its own."""
    lines = [painted("\nOver all", "1")]
    for entry in summary(cases):
        verdict = painted("ok", "32") if entry["met"] else painted("MISSED", "31;1")
        lines.append(f"  PostgreSQL {entry['postgresql']}: {entry['what']}: {entry['value']} (goal {entry['goal']}) {verdict}")
    missed = [case for case in cases if not case.met]
    lines.append(f"  {len(cases) - len(missed)} of {len(cases)} cases meet their goal")
    lines += [painted(f"  MISSED {case.major} {case.group}: {title(case)}: {case.ratio:.2f}, goal {case.goal}", "31") for case in missed]
    return "\n".join(lines)
