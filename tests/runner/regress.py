"""Tests in SQL: sql/NAME.sql is run by psql, what it prints has to be expected/NAME.out.

Errors are shown with SQLSTATE, DETAIL and HINT (psql's verbose form without its LOCATION lines, which name lines of
source code). A test begins as the role app, whom row security binds; `\\c - postgres` and the like change that.
"""

import functools
import re
import subprocess

from devtools import paths

from . import prepared
from .outcome import Failed, Test, compare

HOME = paths.ROOT / "tests/pg_regress"
SECONDS = 300
SETTINGS = {"VERBOSITY": "verbose", "SHOW_CONTEXT": "never", "HIDE_TABLEAM": "on", "HIDE_TOAST_COMPRESSION": "on"}


def find():
    return [Test(f"regress/{file.stem}", functools.partial(run, file), file.stat().st_size)
            for file in sorted((HOME / "sql").glob("*.sql"))]


def run(file, cluster, options):
    database = prepared.database(cluster, f"regress_{file.stem}")
    words = [word for name, value in SETTINGS.items() for word in ("-v", f"{name}={value}")]
    psql = str(cluster.server.program("psql"))
    # A script may start another session, as in promise_fail_closed_changes.sql.
    environment = cluster.environment("app") | {"PSQL": psql, "PGDATABASE": database}
    command = [psql, "-X", "-a", "-q", *words, "-d", database]
    try:
        with file.open() as script:
            done = subprocess.run(command, stdin=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env=environment, cwd=HOME, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Failed(f"not finished after {SECONDS} s") from None
    got = re.sub(r"^LOCATION:  .*\n", "", done.stdout, flags=re.M)
    compare(HOME / "expected" / f"{file.stem}.out", cluster, got, options.accept)
    cluster.dropdb(database)
