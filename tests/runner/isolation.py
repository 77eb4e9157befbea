"""Tests of what concurrent sessions do: specs/NAME.spec is run by PostgreSQL's isolationtester.

A spec that says @LEVEL@ (begin isolation level @LEVEL@) is three tests, one an isolation level, each with its own
expected file: NAME.read-committed.out and so on.
"""

import functools
import subprocess

from devtools import paths

from . import prepared
from .outcome import Failed, Test, compare

HOME = paths.ROOT / "tests/isolation"
LEVELS = ("read committed", "repeatable read", "serializable")
SECONDS = 120


def find():
    tests = []
    for file in sorted((HOME / "specs").glob("*.spec")):
        spec = file.read_text()
        for level in LEVELS if "@LEVEL@" in spec else (None,):
            name = f"{file.stem}.{level.replace(' ', '-')}" if level else file.stem
            text = spec.replace("@LEVEL@", level or "")
            tests.append(Test(f"isolation/{name}", functools.partial(run, name, text), 100_000))
    return tests


def run(name, text, cluster, options):
    database = prepared.database(cluster, "isolation_" + name.replace(".", "_").replace("-", "_"))
    # A step that waits longer than PGISOLATIONTIMEOUT seconds is cancelled by isolationtester itself.
    environment = cluster.environment() | {"PGISOLATIONTIMEOUT": "30"}
    try:
        done = subprocess.run([cluster.server.program("isolationtester"), cluster.conninfo(database)], input=text,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
                              timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Failed(f"not finished after {SECONDS} s") from None
    if done.returncode:
        raise Failed(f"isolationtester ended with {done.returncode}:\n{done.stdout[-3000:]}")
    compare(HOME / "expected" / f"{name}.out", cluster, done.stdout, options.accept)
    cluster.dropdb(database)
