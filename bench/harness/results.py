"""What a measured case is, and the file of results."""

import json
import math
from dataclasses import dataclass, field

from .competitors import HAND, OURS
from .race import Outcome

UNITS = {"ms": "milliseconds", "": "values"}


@dataclass
class Case:
    group: str
    name: str
    shape: str
    outcome: Outcome
    goal: float = None
    workers: int = 0
    plans: dict = None                  # the plans' shapes of by hand and pg_tenancy
    competitors: list = field(default_factory=lambda: [HAND, OURS])
    measured: str = OURS                # whose ratio the goal is about
    base: str = HAND                    # and to whom
    unit: str = "ms"
    major: int = None                   # filled in by the run

    @classmethod
    def figure(cls, group, name, shape, values, ratio, goal, unit=""):
        """A case that is one number instead of a race."""
        last = list(values)[-1]
        return cls(group, name, shape, Outcome(values, {last: ratio}), goal, competitors=list(values), measured=last, unit=unit,
                   base=list(values)[0])

    @property
    def ratio(self):
        return self.outcome.ratio[self.measured]

    @property
    def met(self):
        return self.goal is None or self.ratio <= self.goal

    @property
    def plan_equal(self):
        return None if self.plans is None else len(set(self.plans.values())) == 1

    def as_dict(self):
        about = {"group": self.group, "name": self.name, "shape": self.shape, "workers": self.workers, "postgresql": self.major}
        values = {name: rounded(self.outcome.ms.get(name)) for name in self.competitors}
        ratios = {name: rounded(self.outcome.ratio.get(name)) for name in self.competitors if name != self.base}
        about |= {UNITS.get(self.unit, self.unit): values, "ratio": ratios, "goal": self.goal, "met": self.met}
        if self.plans:
            about |= {"plan_equal": self.plan_equal}
            if not self.plan_equal:
                about |= {"plans": self.plans}
        return about


def rounded(value):
    """Four digits; None for a competitor that cannot do it."""
    return value if value is None or value == 0 else round(value, 3 - math.floor(math.log10(abs(value))))


def geometric_mean(cases):
    return math.exp(sum(math.log(case.ratio) for case in cases) / len(cases))


def summary(cases):
    """The goals over all queries, one entry a major."""
    found = []
    for major in sorted({case.major for case in cases}):
        reads = [case for case in cases if case.major == major and case.group == "reads"]
        if reads:
            mean = geometric_mean(reads)
            found.append({"postgresql": major, "what": "geometric mean of all reads", "value": rounded(mean), "goal": 1.05, "met": mean <= 1.05})
            worst = max(reads, key=lambda case: case.ratio)
            found.append({"postgresql": major, "what": f"the worst read: {worst.name}, {worst.shape}", "value": rounded(worst.ratio),
                          "goal": 1.15, "met": worst.ratio <= 1.15})
            different = sum(not case.plan_equal for case in reads)
            found.append({"postgresql": major, "what": f"reads of {len(reads)} whose plan has another shape", "value": different,
                          "goal": 0, "met": different == 0})
    return found


def write(file, about, cases):
    body = about | {"summary": summary(cases)}
    head = json.dumps(body, indent=2)[:-2]
    lines = ",\n".join("    " + json.dumps(case.as_dict()) for case in cases)
    file.write_text(f'{head},\n  "cases": [\n{lines}\n  ]\n}}\n')
