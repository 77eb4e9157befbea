#!/usr/bin/env python3
"""Measures pg_tenancy against what is written by hand and against the usual set-ups. README.md says what and how."""

import argparse
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "pgrx-config")]

from devtools import fetch, say  # noqa: E402
from devtools.cluster import Cluster  # noqa: E402
from harness import (chart, contexts, lifecycle, machine, millions, moves, profile, reads, report, results, world,  # noqa: E402
                     writers, writes)

# Nothing runs beside what is measured, and all of it is in memory. pg_stat_statements counts for the measuring of plannings
# only; loaded last, its clock also covers what pg_tenancy does before the planner.
SETTINGS = ["autovacuum = off", "shared_buffers = 1GB", "work_mem = 64MB", "maintenance_work_mem = 256MB", "max_wal_size = 16GB",
            "wal_level = minimal", "max_wal_senders = 0", "shared_preload_libraries = 'pg_tenancy, pg_stat_statements'",
            "pg_stat_statements.track = none", "pg_stat_statements.track_planning = on"]
GROUPS = {"reads": reads.measure, "writes": writes.measure, "moves": moves.measure, "context": contexts.measure,
          "quotas": writers.measure, "lifecycle": lifecycle.measure, "million": millions.measure}
# lives: so many backends of each of the two that are compared closely
FULL = {"rows": 1_000_000, "seconds": 2.0, "lives": 5}
QUICK = {"rows": 100_000, "seconds": 0.15, "lives": 1}


class Bench:
    """What all groups need: the server, how much, and connections to it."""

    def __init__(self, cluster, quick):
        self.cluster, self.quick = cluster, quick
        self.rows, self.seconds, self.lives = (QUICK if quick else FULL).values()

    def connect(self, database, user="postgres"):
        folder = str(fetch.python("psycopg"))
        if folder not in sys.path:
            sys.path.append(folder)
        import psycopg
        return psycopg.connect(self.cluster.conninfo(database, user), autocommit=True)


def run_major(major, options):
    """All cases on one server; gives its version and the cases."""
    with Cluster.start(major, "bench", SETTINGS, optimised=True) as cluster:
        say.line(f"\nPostgreSQL {machine.version(cluster.server)}")
        bench, cases = Bench(cluster, options.quick), []
        world.script(bench, "postgres", "roles")
        for name, measure in GROUPS.items():
            if options.only and options.only not in name:
                continue
            group = None
            for case in measure(bench):
                case.major = major
                if case.group != group:
                    say.line(report.header(case))
                group = case.group
                cases.append(case)
                say.line(report.line(case))
                if profile.wanted(case, options.profile):
                    profile.show(case)
        return machine.version(cluster.server), cases


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg", default="", help="majors, like 18 or 15,18 (the default)")
    parser.add_argument("--quick", action="store_true", help="less data and time: for a look, not for results")
    parser.add_argument("--only", default="", help=f"only this group: {', '.join(GROUPS)}")
    parser.add_argument("--profile", default="", help="also say where this case spends more than by hand: 'writes: INSERT, one row'")
    options = parser.parse_args()
    majors = [int(word) for word in options.pg.replace(",", " ").split()] or ([18] if options.quick else [18, 15])
    began, versions, cases = time.monotonic(), [], []
    # A look must not overwrite results.
    name = "quick" if options.quick or options.only else "latest"
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    for major in majors:
        version, found = run_major(major, options)
        versions.append(version)
        cases += found
        # What was measured is kept, whatever happens to the next server.
        about = machine.about(versions, options.quick, (QUICK if options.quick else FULL)["rows"])
        results.write(folder / f"{name}.json", about, cases)
        chart.draw(folder / f"{name}.svg", about, cases)
    say.line(report.closing(cases))
    say.line(f"\n{time.monotonic() - began:.0f} s; bench/results/{name}.json and .svg")
    return 0


if __name__ == "__main__":
    say.main(main)
