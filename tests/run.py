#!/usr/bin/env python3
"""Runs the tests: every kind, on every wanted PostgreSQL, on servers of its own. README.md says how to write one."""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "pgrx-config")]

from devtools import say, servers  # noqa: E402
from runner import isolation, prepared, regress, rust, scenario  # noqa: E402
from runner.outcome import Tally  # noqa: E402

# Two cores; the second worker also hides the waits of the isolation tests.
WORKERS = max(2, os.cpu_count() or 2)


def majors(text):
    return [int(word) for word in text.replace(",", " ").split()] if text else servers.wanted()


def selected(tests, text):
    return [test for test in tests if not text or text in test.name]


def run_major(major, wanted, options, tally):
    """All tests of the kinds that need a server, on one server of that major."""
    kinds = regress.find() + isolation.find() + scenario.find(major, wanted)
    tests = selected(kinds, options.test)
    if not tests:
        return
    with prepared.start(major) as cluster, ThreadPoolExecutor(WORKERS) as workers:
        try:
            # the long ones first, so that the last worker does not run alone for long
            tests.sort(key=lambda test: -test.weight)
            for running in [workers.submit(tally.run, test, cluster, options) for test in tests]:
                running.result()
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            cluster.down("immediate")    # ends the tests that run now
            raise


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg", default="", help="majors, like 18 or 15,18")
    parser.add_argument("--test", default="", help="only tests whose name contains this, like regress/tenants")
    parser.add_argument("--accept", action="store_true", help="write the expected files from what happens")
    options = parser.parse_args()
    wanted, tally, began = majors(options.pg), Tally(), time.monotonic()
    rust.run(tally, options.test)
    for major in wanted:
        try:
            run_major(major, wanted, options, tally)
        except say.Failure as failure:
            # One server that cannot be had or built must not hide what the others show, nor pass as green.
            tally.failed(f"{major} setup", 0, str(failure))
    return tally.close(time.monotonic() - began)


say.main(main)
