#!/usr/bin/env python3
"""Random tests for a long time: the properties of what reads text, and the scenarios that throw dice, one after the other."""

import argparse
import os
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "pgrx-config")]

from devtools import say, servers  # noqa: E402
from runner import prepared, rust, scenario  # noqa: E402
from runner.chance import Dice  # noqa: E402
from runner.outcome import Tally, Test  # noqa: E402


def property_test(name, properties):
    def body(_cluster, _options):
        dice = Dice(0)
        rust.fuzz(name, properties, dice)
        say.line(f"   {name}: {dice.cases:,} cases, seed {dice.first} and those after it")
    return Test(name, body)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg", default="", help="major of the server, like 15")
    parser.add_argument("--target", default="", help="only tests whose name contains this, like token or scenario/model")
    parser.add_argument("--seconds", type=float, default=600, help="for all of them together, each gets as many")
    parser.add_argument("--seed", default="", help="the dice of an earlier run; else new ones")
    options = parser.parse_args()
    major = int(options.pg or servers.default())
    properties = [property_test(name, count) for name, count in rust.fuzzed().items() if options.target in name]
    scenarios = [test for test in scenario.find(major, [major]) if test.throws_dice and options.target in test.name]
    seconds = options.seconds / max(1, len(properties) + len(scenarios))
    os.environ |= {"FUZZ_SECONDS": str(seconds), "FUZZ_SEED": options.seed}
    tally, began = Tally(), time.monotonic()
    for test in properties:
        tally.run(test, None, options)
    if scenarios:
        with prepared.start(major, "fuzz") as cluster:
            for test in scenarios:
                tally.run(test, cluster, options)
    return tally.close(time.monotonic() - began)


say.main(main)
