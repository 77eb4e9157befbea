"""Tests that throw dice: a bounded run in `make test`, a long one by `make fuzz`, and the same one again by its seed.

    @chance(seconds=20)
    def test_rows(self, dice):
        for _ in dice.rounds():     # as long as there is time, and at least once
            dice.cases += 1         # what make fuzz counts
            ... dice.choice(...)    # dice is a random.Random
"""

import functools
import os
import random
import time

from devtools import say


class Dice(random.Random):
    """Random numbers that can be had again, for some time."""

    def __init__(self, seconds):
        self.first = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(10 ** 9))
        super().__init__(self.first)
        self.seconds = float(os.environ.get("FUZZ_SECONDS") or seconds)
        self.cases = 0

    def rounds(self):
        """Counts rounds while there is time."""
        until, number = time.monotonic() + self.seconds, 0
        while number == 0 or time.monotonic() < until:
            yield number
            number += 1


def chance(seconds):
    """A test of a Scenario that gets dice. What it fails with says how to throw the same again."""
    def throwing(test):
        @functools.wraps(test)
        def run(self):
            dice = Dice(seconds)
            try:
                test(self, dice)
            except BaseException as error:
                error.add_note(f"the same again: make fuzz TARGET={self.name} SEED={dice.first} SECONDS={dice.seconds:g}")
                raise
            say.line(f"   {self.name}: {dice.cases:,} cases, seed {dice.first}")
        run.throws_dice = True
        return run
    return throwing
