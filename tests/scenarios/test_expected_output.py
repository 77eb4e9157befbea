"""Expected output is the same on any day, on any machine: it has no date, time of day, size or duration but those that the
script writes itself, in a comment perhaps. What a script makes of the clock it is to compare, not to print.
"""

import re
import sys

from devtools import paths
from runner.scenario import HOME, Scenario

sys.path.append(str(HOME))
import test_documents  # noqa: E402

TESTS = paths.ROOT / "tests"
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
KINDS = {
    "date": rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}|{MONTH} \d{{1,2}},? (?:[\d:.]+ )?\d{{4}}|\d{{1,2}} {MONTH} \d{{4}}",
    "time of day": r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?",
    "epoch": r"1[6-9]\d{8}(?:\.\d+)?",
    # "at most" and "more than" say a limit of the product's
    "size": r"(?<!at most )(?<!more than )\d+(?:\.\d+)? ?(?:bytes|kB|MB|GB|TB)",
    "duration": r"(?<!at most )(?<!more than )\d+(?:\.\d+)? ?(?:[mµ]?s|sec(?:ond)?s?|min(?:ute)?s?|h|hours?|days?|mons?|years?)",
}
# 00:00:00+00 after a date is that date, written as a timestamp
MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(:00)?\+00")


def found(expected, written):
    """What depends on the clock or the machine in the expected text: (number of line, kind, text). written: by the script."""
    written = written.lower()
    for number, line in enumerate(expected.splitlines(), 1):
        line = MIDNIGHT.sub(r"\1", line)
        for kind, pattern in KINDS.items():
            for match in re.finditer(rf"(?<![\w.:/-])(?:{pattern})(?![\w:])", line, flags=re.I):
                if not re.search(rf"(?<![\w.]){re.escape(match[0].lower())}(?!\w)", written):
                    yield number, kind, match[0]


def scripts():
    """Each expected file, with what its script and all that it includes say."""
    further = "".join(file.read_text() for top in ("setup", "pg_regress/include") for file in sorted((TESTS / top).iterdir()))
    for folder, source in (("pg_regress", "sql/*.sql"), ("isolation", "specs/*.spec")):
        for script in sorted((TESTS / folder).glob(source)):
            written = script.read_text() + further
            for expected in (TESTS / folder / "expected").glob(f"{script.stem}*.out"):
                if re.fullmatch(rf"{re.escape(script.stem)}(_\d\d|\..*)?", expected.stem):
                    yield expected, written


def outputs_in_documents():
    """What blocks of documents print, with what is run there; … stands for what may differ."""
    for document in test_documents.DOCUMENTS:
        blocks = test_documents.blocks(document)
        written = "\n".join(block.text for block in blocks if block.language != "text")
        for block in blocks:
            if block.language == "text":
                yield f"{document.relative_to(paths.ROOT)}:{block.line}", block.text, written


class ExpectedOutput(Scenario):
    majors = (18,)    # it reads files, the same for all

    def test_it_is_the_same_on_any_day(self):
        self.assertEqual([f"{file.relative_to(TESTS)}:{number}: {kind} “{text}”"
                          for file, written in scripts() for number, kind, text in found(file.read_text(), written)], [])

    def test_documents_show_the_same_on_any_day(self):
        self.assertEqual([f"{where}+{number}: {kind} “{said}”"
                          for where, text, written in outputs_in_documents() for number, kind, said in found(text, written)], [])

    def test_what_depends_on_the_clock_or_the_machine_is_found(self):
        for text in ("(10, null, 2026-11-22)", "22.11.2026", "Sun Nov 22 10:00:00 2026", "11/22/2026", "at 10:21", "10:21:22.5+00",
                     "exp 1795341600", "164 bytes", "8192 kB", "1.5 MB", "Time: 3.141 ms", "after 12 s", "took 2 minutes", "1 year"):
            self.assertTrue(list(found(text, "select something")), text)
            self.assertFalse(list(found(text, text)), text)
        for text in ("b0000000-0000-0000-0000-000000000000", "ERROR:  23505: x", "(3 rows)", "1 second_key", "at most 8192 bytes", "more than 30 seconds",
                     "CVE-2025-8713", "PostgreSQL 16.10", "logs_2025"):
            self.assertFalse(list(found(text, "select something")), text)

    def test_every_expected_file_is_looked_at(self):
        self.assertEqual({file for file, _ in scripts()},
                         {file for folder in ("pg_regress", "isolation") for file in (TESTS / folder / "expected").iterdir()})
