"""Where a case spends more than by hand: instructions of one execution, by function, as Linux' perf counts them in the backend."""

import collections
import re
import shutil
import subprocess
import tempfile
import time

from devtools import say

SECONDS = 6.0
LINES = 30
COUNTED = "instructions:u"
LINE = re.compile(r"\s*(\d+)\s+(\S+)\s+\[.\]\s+(.*)")


def wanted(case, name):
    return bool(name) and name == f"{case.group}: {case.name}, {case.shape}"


def show(case):
    """Runs both again, each under perf, and prints what differs most."""
    if not shutil.which("perf"):
        raise SystemExit("PROFILE= needs perf (linux-tools) in the PATH")
    turns = [case.outcome.turns[name] for name in (case.base, case.measured)]
    if not all(hasattr(turn.run, "backend") for turn in turns):
        raise SystemExit(f"{case.name}: not run by one backend, so that there is none to profile")
    hand, ours = (counted(turn) for turn in turns)
    total_hand, total_ours = sum(hand.values()), sum(ours.values())
    say.line(f"\n  instructions of one execution: {total_hand:,.0f} and {total_ours:,.0f}, {total_ours / total_hand:.2f}")
    own = sum(count for (library, _), count in ours.items() if "pg_tenancy" in library)
    say.line(f"  of those in pg_tenancy itself: {own:,.0f}; the functions that differ most:")
    differing = sorted(set(hand) | set(ours), key=lambda key: -abs(ours[key] - hand[key]))
    for key in differing[:LINES]:
        say.line(f"  {hand[key]:>9,.0f} {ours[key]:>9,.0f} {ours[key] - hand[key]:>+9,.0f}  {key[0]:<16} {key[1][:60]}")


def counted(turn):
    """Instructions of one execution by library and function: what perf counts in all, divided as its samples say."""
    with tempfile.NamedTemporaryFile() as file:
        attach = ["-p", str(turn.run.backend), "-e", COUNTED]
        stat = subprocess.Popen(["perf", "stat", "-x,", *attach], stderr=subprocess.PIPE, text=True)
        record = subprocess.Popen(["perf", "record", "-q", "-F", "5000", "-o", file.name, *attach], stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        executions, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            turn.run(turn.times)
            executions += turn.times
        for process in (stat, record):
            process.send_signal(2)
        total = float(stat.communicate()[1].split(",")[0]) / executions
        record.wait()
        report = subprocess.run(["perf", "report", "-i", file.name, "--stdio", "-F", "period,dso,symbol"], capture_output=True, text=True)
    found = collections.Counter()
    for line in report.stdout.splitlines():
        if match := LINE.match(line):
            found[match[2], match[3].strip()] += int(match[1])
    scale = total / sum(found.values())
    return collections.Counter({key: value * scale for key, value in found.items()})
