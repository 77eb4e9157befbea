"""What tests are, what came of them, and the lines that say so."""

import difflib
import re
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Callable

from devtools import paths, say

SHOWN = 80    # lines of a difference
# Accepting one of these as expected would hide a crash.
CRASHED = re.compile("server closed the connection|because of crash of another|connection to server was lost")


class Failed(Exception):
    """A test's own verdict, with what to show."""


@dataclass
class Test:
    name: str             # like regress/tenants
    body: Callable        # body(cluster, options), raises Failed or anything else to fail
    weight: int = 0       # heavier ones start first
    throws_dice: bool = False


class Tally:
    """Counts outcomes; safe to use from several threads."""

    def __init__(self):
        self._printing = threading.Lock()
        self.passes = 0
        self.failures = []

    def run(self, test, cluster, options):
        label, began = f"{cluster.major} {test.name}" if cluster else test.name, time.monotonic()
        try:
            test.body(cluster, options)
        except (Failed, say.Failure) as failure:
            self.failed(label, time.monotonic() - began, str(failure))
        except Exception:
            self.failed(label, time.monotonic() - began, traceback.format_exc())
        else:
            self.passed(label, time.monotonic() - began)

    def passed(self, label, seconds):
        with self._printing:
            self.passes += 1
            say.line(f"ok {label} {seconds:.1f}s")

    def failed(self, label, seconds, why):
        with self._printing:
            self.failures.append(label)
            say.line(f"FAILED {label} {seconds:.1f}s")
            say.line("\n".join(f"    {text}" for text in why.splitlines()))

    def close(self, seconds):
        """The closing lines; the exit code."""
        if self.failures:
            say.line("\nfailed:\n" + "\n".join(f"    {label}" for label in self.failures))
        if not self.passes and not self.failures:
            say.line("no test has run: is there one of that name?")
        say.line(f"\nin {seconds:.0f} s")
        say.line(f"{self.passes} passed, {len(self.failures)} failed")
        return 1 if self.failures or not self.passes else 0


def compare(expected, cluster, got, accept):
    """Compares with the expected file, or with the one for this major where a version differs (NAME_15.out)."""
    special = expected.with_name(f"{expected.stem}_{cluster.major}.out")
    file = special if special.exists() else expected
    if CRASHED.search(got):
        raise Failed(f"the server crashed; what the test printed ends with:\n{got[-1500:]}\n"
                     f"and the server's log with:\n{say.tail(cluster.log, 30)}")
    if accept:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(got)
        return
    name = file.relative_to(paths.ROOT)
    if not file.exists():
        shown = "\n".join(got.splitlines()[:SHOWN])
        raise Failed(f"{name} is missing; look at this, then run again with ACCEPT=1:\n{shown}")
    wanted = file.read_text()
    if got != wanted:
        lines = list(difflib.unified_diff(wanted.splitlines(), got.splitlines(), str(name), "now", lineterm="", n=4))
        more = [f"... and {len(lines) - SHOWN} lines more"] if len(lines) > SHOWN else []
        raise Failed("\n".join(lines[:SHOWN] + more))
