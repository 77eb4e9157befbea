"""Runs the steps in order; the first that does not do what it must ends the walk."""

import re

from devtools import say

from . import names, session, terminal
from .script import SUPERUSER


class Runner:
    def __init__(self, cluster, database):
        self.cluster, self.database = cluster, database
        self.names = names.Names(cluster, database)

    def walk(self, steps, chapters):
        for number, step in enumerate(steps, 1):
            if step.opens_chapter:
                terminal.chapter(step.chapter, chapters[step.chapter])
            terminal.step(number, step.title, step.narration)
            outcome = self.run(step)
            if why := self.judge(step, outcome):
                terminal.show()
                raise say.Failure(f"step {number}, \"{step.title}\" ({step.place}): {why}")
            self.praise(step)

    def run(self, step):
        statements = [self.names.put_into(text) for text in step.statements()]
        outcome = session.send(self.cluster, self.database, step.role, statements)
        prompt = f"{'superuser' if step.role == SUPERUSER else step.role}{'#' if step.role == SUPERUSER else '>'}"
        for text, answer in zip(statements, outcome.answers):
            terminal.statement(prompt, text)
            terminal.answer(answer)
        terminal.messages(outcome.notices)
        terminal.messages(outcome.error, "refused")
        return outcome

    def judge(self, step, outcome):
        """What is wrong, or nothing."""
        kind, text = step.expects
        if kind == "refused":
            return refusal_wrong(step, outcome, *text.split(" ", 1))
        if outcome.error:
            return f"was refused with {outcome.sqlstate}, which it must not be: {outcome.error[0]}"
        answers = [answer for answer in outcome.answers if answer.header and answer.rows != [[""]]]
        if kind == "does":
            tags = [answer.tag for answer in outcome.answers if " " in answer.tag]
            return None if tags and tags[-1] == text else f"did {tags[-1] if tags else 'nothing'} and not {text}"
        if not answers:
            return "gave no rows to look at"
        rows = answers[-1].rows
        if kind == "rows":
            return rows_wrong(rows, [cells(line) for line in step.lines])
        if kind == "rows of the superuser":
            oracle = self.names.put_into("\n".join(step.lines))
            truth = session.send(self.cluster, self.database, SUPERUSER, [oracle])
            if truth.error or not any(cell not in ("", "0") for row in truth.answers[-1].rows for cell in row):
                return f"is compared with nothing: {truth.error or 'the superuser gets no rows either'}"
            return rows_wrong(rows, truth.answers[-1].rows)
        shown = [" | ".join(row) for row in rows]
        return missing(shown, step.lines) if kind == "has" else unplanned(shown, text)

    def praise(self, step):
        kind, text = step.expects
        said = {"refused": lambda: f"refused as it must be (SQLSTATE {text.split()[0]})",
                "rows of the superuser": lambda: "the same as the superuser gets with a condition written by hand"}
        terminal.show(f"✓ {said.get(kind, lambda: 'as it must be')()}", "good", indent=3)


def refusal_wrong(step, outcome, sqlstate, message=""):
    if not outcome.error:
        return f"was not refused; it must be, with {sqlstate}"
    if len(outcome.answers) < len(step.statements()):
        return f"a statement before the last one was refused: {outcome.error[0]}"
    if outcome.sqlstate != sqlstate:
        return f"was refused with {outcome.sqlstate} and not {sqlstate}: {outcome.error[0]}"
    return None if message in outcome.error[0] else f"was refused with another message than \"{message}\""


def cells(line):
    return [cell.strip() for cell in line.split("|")]


def rows_wrong(rows, wanted):
    same = len(rows) == len(wanted) and all(
        len(row) == len(want) and all(given in ("…", cell.strip()) for cell, given in zip(row, want))
        for row, want in zip(rows, wanted))
    return None if same else f"gave other rows than these {len(wanted)}: {wanted[:10]}"


def missing(shown, wanted):
    rest = iter(shown)
    return next((f"has no row with \"{text}\" in that place" for text in wanted
                 if not any(text in line for line in rest)), None)


def unplanned(shown, regex):
    return None if any(re.search(regex, line) for line in shown) else f"no line of the plan matches {regex}"
