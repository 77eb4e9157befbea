"""The crate's own unit tests (cargo test): pure Rust, without a server, run once.

Those in modules named properties are checked with random cases, which proptest makes and makes small if they fail: so many
of them by `make test`, as many as there is time for by `make fuzz`. Cases that failed once are in proptest-regressions/
and come first.
"""

import re
import time

from devtools import build, paths, say

from .outcome import Failed

CASES = 1000    # of each property


def run(tally, text):
    """Every Rust test is named rust/path::of::test. A filter has to begin with rust to mean them: compiling them takes
    longer than running a test in SQL."""
    if text and not text.startswith("rust"):
        return
    began = time.monotonic()
    try:
        # The linker drops what the tests do not reach, and with it every reference to a server's symbols.
        with say.step("cargo test"):
            log = build.cargo(["test", "--lib"], "cargo-test", PROPTEST_CASES=str(CASES))
        output = log.read_text()
    except say.Failure as failure:
        output = (paths.LOGS / "cargo-test.log").read_text()
        if not re.search(r"^test \S+ \.\.\. ", output, re.M):
            tally.failed("rust cargo test", time.monotonic() - began, str(failure))
            return
    for name, verdict in re.findall(r"^test (\S+)(?: - should panic)? \.\.\. (\w+)", output, re.M):
        if text and text not in f"rust/{name}":
            continue
        if verdict == "ok":
            tally.passed(f"rust/{name}", 0)
        else:
            tally.failed(f"rust/{name}", 0, why(name, verdict, output))


def why(name, verdict, output):
    shown = re.search(rf"^---- {re.escape(name)} stdout ----\n(.*?)(?=^----|^failures:)", output, re.M | re.S)
    return shown[1].strip() if shown else verdict


def fuzzed():
    """The modules that have properties, like rust/model::token, and how many of them."""
    with say.step("cargo test --list"):
        listed = build.cargo(["test", "--lib"], "cargo-list", ["--", "--list", "properties::"]).read_text()
    modules = re.findall(r"^(\S+)::properties::\S+: test$", listed, re.M)
    return {f"rust/{module}": modules.count(module) for module in sorted(set(modules))}


def fuzz(name, properties, dice):
    """Checks a module's properties in rounds of CASES; each round has a seed of its own, by which it can be had again."""
    for number in dice.rounds():
        seed = dice.first + number
        environment = {"PROPTEST_CASES": str(CASES), "PROPTEST_RNG_SEED": str(seed)}
        try:
            build.cargo(["test", "--lib"], "cargo-fuzz", ["--", f"{name.removeprefix('rust/')}::properties::"], **environment)
        except say.Failure:
            output = (paths.LOGS / "cargo-fuzz.log").read_text()
            failed = re.findall(r"^test (\S+) \.\.\. FAILED$", output, re.M)
            shown = "\n".join(why(test, "", output) for test in failed) or output[-3000:]
            raise Failed(f"{shown}\nthe same again: make fuzz TARGET={name} SEED={seed} SECONDS=0\n"
                         "make test repeats it, too, for as long as it is in proptest-regressions/: commit that") from None
        dice.cases += CASES * properties
