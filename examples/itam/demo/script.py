"""Reads the walk/*.sql files: SQL, and around it comments that say what each step is and what must happen.

    --# a chapter                 --> a line of narration, after a chapter or a step
    --## a step                   --@ the login role that sends it (by itself: the superuser)
    SQL, each statement ending with a line that ends with a semicolon
    --= what must happen; it is about the last statement that answered something:
        rows                      exactly these rows follow, each as --| a | b; a cell … may be anything
        rows of the superuser     those that the superuser gets from the SQL that follows as --| lines
        has                       each --| line is in some row, in this order
        plan REGEX                EXPLAIN shows a line that matches
        does TAG                  the command's tag, like UPDATE 1
        refused SQLSTATE TEXT     the last statement fails with that code, and the text is in the message
"""

import re
from dataclasses import dataclass, field

SUPERUSER = "postgres"
EXPECTATION = re.compile(r"(rows of the superuser|rows|has|plan|does|refused)(?: (.+))?")


@dataclass
class Step:
    place: str
    chapter: str
    title: str
    role: str = SUPERUSER
    opens_chapter: bool = False
    narration: list = field(default_factory=list)
    sql: list = field(default_factory=list)
    expects: tuple = ()
    lines: list = field(default_factory=list)

    def statements(self):
        texts = re.split(r"(?<=;)\n", "\n".join(self.sql).strip())
        return [text.strip() for text in texts if text.strip()]


class Mistake(Exception):
    """A walk file that does not follow the rules above."""


def read(folder):
    """All steps of all files, in order; and for each chapter its narration, by title."""
    steps, chapters = [], {}
    for file in sorted(folder.glob("*.sql")):
        read_file(file, steps, chapters)
    for step in steps:
        if not step.expects or not step.statements():
            raise Mistake(f"{step.place}: the step \"{step.title}\" lacks its SQL or what must happen")
    return steps, chapters


def read_file(file, steps, chapters):
    chapter, step = None, None
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        place = f"{file.name}:{number}"
        mark, text = re.fullmatch(r"(--##|--#|-->|--@|--=|--\||)(.*)", line).groups()
        text = text.strip() if mark else line
        if mark == "--#":
            chapter, step = text, None
            chapters[chapter] = []
        elif mark == "--##":
            first = not steps or steps[-1].chapter != chapter
            step = Step(place, chapter, text, opens_chapter=first)
            steps.append(step)
        elif mark == "-->":
            (step.narration if step else chapters[chapter]).append(text)
        elif not step:
            if line.strip():
                raise Mistake(f"{place}: this line belongs to no step")
        elif mark == "--@":
            step.role = text
        elif mark == "--=":
            found = EXPECTATION.fullmatch(text)
            if not found or step.expects:
                raise Mistake(f"{place}: each step says once what must happen, in one of the known ways")
            step.expects = found.groups()
        elif mark == "--|":
            step.lines.append(text)
        else:
            step.sql.append(text)
