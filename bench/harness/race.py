"""Running competitors against each other so that what the machine does meanwhile hits all alike.

Two runs of the same thing minutes apart differ by more than what is to be measured. So the competitors take turns of a few
milliseconds, each round in the opposite order of the one before, and what counts is the median of the rounds' own ratios.
"""

import statistics
import time
from dataclasses import dataclass, field

TURN = 6.0         # milliseconds that a turn should last
ROUNDS = (7, 61)   # at least, at most
PRECISE = 0.004    # standard error of the ratio at which there is no need to go on


@dataclass
class Outcome:
    ms: dict = field(default_factory=dict)       # median milliseconds of one execution, by competitor
    ratio: dict = field(default_factory=dict)    # to the first competitor
    turns: dict = field(default_factory=dict)    # a turn of each, to have it run again


@dataclass
class Turn:
    run: object       # function(times)
    times: int


def race(runs, pair, seconds, most=100_000):
    """runs: competitor → function(times) that gives milliseconds of one; pair: the two to compare closely, the first of which
    all ratios refer to. The others run as often as a third of the time allows, at least once. `most`: so many executions a turn, at
    most; with 1 there is none to warm up with."""
    times = {name: calibrated(run, most) if most > 1 else 1 for name, run in runs.items()}
    times |= dict.fromkeys(pair, min(times[name] for name in pair))
    samples, spent = {name: {} for name in runs}, dict.fromkeys(runs, 0.0)
    others = [name for name in runs if name not in pair]
    until = time.monotonic() + seconds
    for number in range(ROUNDS[1]):
        turn = [name for name in others if not samples[name] or spent[name] < seconds / 3 / len(others)]
        turn = [*pair, *turn] if number % 2 else [*turn, *reversed(pair)]
        for name in turn:
            began = time.monotonic()
            samples[name][number] = runs[name](times[name])
            spent[name] += time.monotonic() - began
        done = number + 1
        if done >= ROUNDS[0] and (time.monotonic() > until or error(samples, pair) < PRECISE):
            break
        # what takes long runs in both orders, and that is it
        if done >= 2 and time.monotonic() > until + 3 * seconds:
            break
    found = outcome(samples, pair[0])
    found.turns = {name: Turn(run, times[name]) for name, run in runs.items()}
    return found


def calibrated(run, most):
    """How many executions make a turn. The first executions also make the plan and warm the caches."""
    first = run(1)
    if first > 10 * TURN:
        return 1
    return max(1, min(most, round(TURN / max(run(max(2, min(most, int(TURN / max(first, 0.1))))), 0.001))))


def ratios(samples, name, base):
    return [value / samples[base][number] for number, value in samples[name].items() if number in samples[base]]


def error(samples, pair):
    """The standard error of the median ratio, from the middle half of the rounds, which bursts do not reach."""
    values = ratios(samples, pair[1], pair[0])
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 1.35 * 1.25 / len(values) ** 0.5


def outcome(samples, base):
    result = Outcome()
    for name, values in samples.items():
        result.ms[name] = statistics.median(values.values())
        result.ratio[name] = statistics.median(ratios(samples, name, base))
    return result


def over_backends(races):
    """One outcome of several races of the same with fresh backends: how fast a backend reaches what lies far apart in shared
    memory is decided by where the system put its page tables, for as long as it lives."""
    found = list(races)

    def medians(values):
        return {name: statistics.median(each[name] for each in values if name in each) for name in values[0]}
    return Outcome(medians([each.ms for each in found]), medians([each.ratio for each in found]), found[0].turns)
