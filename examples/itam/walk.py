#!/usr/bin/env python3
"""The demo: an IT asset management for all countries of the world, walked through step by step.

    walk.py         builds, starts a throw-away server, loads real data, walks; every step is asserted
    walk.py stop    stops and removes the server that the walk has left running
"""

import shlex
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "pgrx-config")]

from demo import database, runner, script, terminal  # noqa: E402
from devtools import say  # noqa: E402

LEAST_ROWS = 200_000


def walk():
    steps, chapters = script.read(HERE / "walk")
    with say.lock("demo"), database.start() as server:
        rows = database.row_count(server)
        say.line(f"-- {rows:,} rows in protected tables")
        if rows < LEAST_ROWS:
            raise say.Failure(f"the demo promises {LEAST_ROWS:,} rows in protected tables and holds {rows:,}")
        runner.Runner(server, database.NAME).walk(steps, chapters)
        server.keep_running()
        farewell(server, len(steps))


def farewell(server, count):
    terminal.chapter("Look around", [f"All {count} steps did what they must. The server is still running:"])
    for who, user in (("as the superuser", "postgres"), ("as the service provider's administrator", "itam_provider"),
                      ("as Germany's service desk", "itam_de"), ("as Bavaria's", "itam_de_by")):
        terminal.show(f"\n{who}:", indent=3)
        terminal.show(psql_command(server, user), "sql", indent=5)
    terminal.show("\nmake demo-stop removes it; make demo starts afresh.")


def psql_command(server, user):
    program = server.server.program("psql")
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    words = [program, server.conninfo(database.NAME, user)]
    if server.server.libraries:
        words = ["env", "LD_LIBRARY_PATH=" + ":".join(map(str, server.server.libraries)), *words]
    return shlex.join(map(str, words))


def stop():
    say.line("the demo's server is stopped and removed" if database.stop() else "no demo is running")


def main():
    if sys.argv[1:] not in ([], ["stop"]):
        sys.exit(__doc__)
    stop() if sys.argv[1:] else walk()


say.main(main)
