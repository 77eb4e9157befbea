"""The crate's own unit tests (cargo test): pure Rust, without a server, run once."""

import re
import time

from devtools import build, paths, say


def run(tally, text):
    """Every Rust test is named rust/path::of::test. A filter has to begin with rust to mean them: compiling them takes
    longer than running a test in SQL."""
    if text and not text.startswith("rust"):
        return
    began = time.monotonic()
    try:
        # The linker drops what the tests do not reach, and with it every reference to a server's symbols.
        with say.step("cargo test"):
            log = build.cargo(["test", "--lib"], "cargo-test")
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
