"""What the walk looks like: headings, SQL, tables as psql draws them; colour only where a person looks."""

import os
import re
import shutil
import sys
import textwrap
import unicodedata

COLOUR = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and "NO_COLOR" not in os.environ
STYLES = {"chapter": "1;36", "step": "1", "who": "35", "sql": "34", "refused": "33", "good": "32", "bad": "1;31"}
MOST_ROWS = 24


def show(text="", style=None, indent=0):
    for line in text.split("\n"):
        line = " " * indent + line
        print(f"\033[{STYLES[style]}m{line}\033[0m" if style and COLOUR and line.strip() else line.rstrip())
    sys.stdout.flush()


def tell(text, style=None, indent=0, hang=0):
    """Running text, broken where the terminal ends."""
    columns = min(shutil.get_terminal_size((120, 24)).columns, 120) - indent
    if text:
        show(textwrap.fill(text, columns, subsequent_indent=" " * hang, break_long_words=False), style, indent)


def chapter(title, narration):
    show()
    show(f"{title}\n{'=' * len(title)}", "chapter")
    tell(" ".join(narration))


def step(number, title, narration):
    show()
    show(f"{number}. {title}", "step")
    tell(" ".join(narration), indent=3)


def statement(prompt, text):
    first, *rest = text.split("\n")
    show(f"{prompt} {first}", "sql", indent=3)
    for line in rest:
        show(" " * (len(prompt) + 1) + line, "sql", indent=3)


def messages(lines, style=None):
    for line in lines:
        tell(line, style, indent=3, hang=9)


def answer(found):
    # a function that gives nothing back is not worth a table
    if found.header and found.rows != [[""]]:
        show(table(found.header, found.rows), indent=3)
    if found.tag and not found.header:
        show(found.tag, indent=3)


def table(header, rows):
    columns = list(zip(header, *rows)) if rows else [(name,) for name in header]
    widths = [max(width(cell) for cell in column) for column in columns]
    right = [bool(rows) and all(re.fullmatch(r"-?[\d.]*", cell) for cell in column[1:]) for column in columns]
    lines = [" " + " | ".join(centred(name, size) for name, size in zip(header, widths)),
             "-" + "-+-".join("-" * size for size in widths) + "-"]
    for row in rows[:MOST_ROWS]:
        lines.append(" " + " | ".join(padded(*cell) for cell in zip(row, widths, right)))
    left_out = f", of which {MOST_ROWS} are shown" if len(rows) > MOST_ROWS else ""
    return "\n".join([*lines, f"({len(rows)} row{'s' * (len(rows) != 1)}{left_out})"])


def width(text):
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def padded(text, size, right):
    space = " " * (size - width(text))
    return space + text if right else text + space


def centred(text, size):
    space = size - width(text)
    return " " * (space // 2) + text + " " * (space - space // 2)
