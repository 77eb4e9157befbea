"""One step's statements sent by psql, and what came back, taken apart."""

import csv
import io
import re
import subprocess
from dataclasses import dataclass, field

MARK = "-- end of statement --"
TAG = re.compile(r"(INSERT \d+|UPDATE|DELETE|MERGE|COPY|SELECT) \d+|[A-Z]+( [A-Z]+)*")


@dataclass
class Answer:
    """What one statement gave: a table, a command tag, or both."""
    header: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    tag: str = ""


@dataclass
class Outcome:
    answers: list
    notices: list
    sqlstate: str = ""
    error: list = field(default_factory=list)    # lines: message, DETAIL, HINT


def send(cluster, database, role, statements):
    """Runs the statements in one session; stops at the first error."""
    script = ["\\set ON_ERROR_STOP on", "\\set VERBOSITY verbose", "\\pset format csv"]
    for statement in statements:
        script += [statement, f"\\echo '{MARK}'"]
    done = subprocess.run([cluster.server.program("psql"), "-X", "-d", database], input="\n".join(script) + "\n",
                          capture_output=True, text=True, env=cluster.environment(role))
    # the first part is what \pset says
    parts = done.stdout.split(MARK + "\n")
    parts[0] = re.sub(r"\AOutput format is csv\.\n", "", parts[0])
    outcome = Outcome([answer(part) for part in parts[:len(statements)]], [])
    read_messages(done.stderr, outcome)
    if done.returncode and not outcome.error:
        outcome.sqlstate, outcome.error = "?", [done.stderr.strip() or "psql failed without a word"]
    return outcome


def answer(text):
    # an empty line is a row whose only cell is empty
    lines = [line or [""] for line in csv.reader(io.StringIO(text))]
    found = Answer()
    if lines and len(lines[-1]) == 1 and TAG.fullmatch(lines[-1][0]):
        found.tag = lines.pop()[0]
    if lines:
        found.header, found.rows = lines[0], lines[1:]
    return found


def read_messages(text, outcome):
    """NOTICE and WARNING lines, and the error with its SQLSTATE, DETAIL and HINT."""
    kept = None
    for line in text.splitlines():
        if line.startswith("LOCATION:"):
            kept = None
        elif found := re.match(r"(ERROR|FATAL|PANIC):  (\w{5}): (.*)", line):
            outcome.sqlstate, kept = found[2], outcome.error
            kept.append(f"{found[1]}:  {found[3]}")
        elif found := re.match(r"(NOTICE|WARNING|INFO):  (\w{5}): (.*)", line):
            kept = outcome.notices
            kept.append(f"{found[1]}:  {found[3]}")
        elif re.match(r"(CONTEXT|STATEMENT|LINE \d+|QUERY|SCHEMA NAME|TABLE NAME|COLUMN NAME|CONSTRAINT NAME):", line):
            kept = None
        elif kept is not None:
            kept.append(line)
