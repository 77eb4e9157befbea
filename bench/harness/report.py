"""The table in the terminal: a line a case, with a bar for the ratio, in a hundred columns."""

import sys

from .competitors import HAND, OURS
from .results import summary

TITLE = 36      # characters of what is measured
WIDTH = 12      # of a bar of ratio 2
SHORT = {HAND: "by hand", OURS: "ours", "setting": "set", "any": "any", "member": "in", "function": "fn", "trigger": "trg"}
LONG = {"setting": "set: tenant_id = current_setting()", "any": "any: = any ((select f()))", "member": "in: a membership table",
        "function": "fn: a function a row", "trigger": "trg: the usual trigger"}
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
    workers = f", {case.workers} workers" if case.workers else ""
    return f"{case.name}, {case.shape}{workers}" if case.shape else f"{case.name}{workers}"


def line(case):
    """One case: what, the values of both, ratio, bar, verdict, and the other competitors' ratios."""
    values = case.outcome.ms
    figures = "".join(f"{number(values.get(name)):>9}" for name in (case.base, case.measured))
    verdict = "" if case.goal is None else painted("ok    ", "32") if case.met else painted("MISSED", "31;1")
    plan = painted("≠", "33") if case.plan_equal is False else " "
    others = "".join(f"{ratio(case, name):>6}" for name in others_of(case))
    return f"{title(case):{TITLE}}{figures}{short(case.ratio):>6} {bar(case.ratio, case.goal)}{verdict}{plan}{others}".rstrip()


def others_of(case):
    return [name for name in case.competitors if name not in (case.base, case.measured)]


def ratio(case, name):
    """Of a race the competitor's ratio, of a figure the value."""
    if case.unit != "ms":
        return number(case.outcome.ms[name])
    found = case.outcome.ratio.get(name)
    return "-" if found is None else short(found)


def short(value):
    return f"{value:.2f}" if value < 100 else f"{value:.0f}" if value < 10_000 else f"{value / 1000:.0f}k"


def number(value):
    if value is None:
        return "-"
    return f"{value:.4f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"


def header(case):
    """What the lines of a group show."""
    base, measured = (SHORT.get(name, name) for name in (case.base, case.measured))
    known = [LONG[name] for name in others_of(case) if name in LONG]
    unit = {"ms": "milliseconds", "": "values"}.get(case.unit, case.unit)
    lines = [painted(f"\n{case.group}: {unit} of {base} and of {measured}, the ratio, │ the goal; ≠ another plan", "1")]
    if known:
        lines.append(f"{'; '.join(known)}")
        columns = "".join(f"{SHORT[name]:>6}" for name in others_of(case))
        lines.append(f"{'':{TITLE}}{base:>9}{measured:>9}{'ratio':>6} {'':{WIDTH + 7}}{columns}")
    return "\n".join(lines)


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
