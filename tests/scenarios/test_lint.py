"""The ledger of lint's codes: src/lint.rs, sql/queries/lint/, docs/lint.md and the regress tests name the same ones."""

import re

from devtools import paths
from runner.scenario import Scenario

SOURCE = (paths.ROOT / "src/lint.rs").read_text()
DOCUMENT = (paths.ROOT / "docs/lint.md").read_text()
QUERIES = paths.ROOT / "sql/queries/lint"
# found in Rust, and what Citus distributes is shown by scenario/citus
WITHOUT_QUERY = {"suppression_unused", "table_distributed"}
EXPECTED = paths.ROOT / "tests/pg_regress/expected"


def ledger():
    """Code → severity. The one that no query finds is named by itself."""
    codes = {code: severity.lower() for severity, code in re.findall(r'^    (Error|Warning|Notice) +"(\w+)"$', SOURCE, re.M)}
    drifts = {code: severity.lower() for code, severity in re.findall(r'^    \("(\w+)", +Severity::(\w+)\),$', SOURCE, re.M)}
    return codes | drifts | {"suppression_unused": "notice"}


class Ledger(Scenario):
    majors = (18,)

    def test_every_code_is_documented(self):
        rows = re.findall(r"^\| `(\w+)` \| (error|warning|notice) \| .+ \| .+ \|$", DOCUMENT, re.M)
        self.assertEqual(dict(rows), ledger())
        self.assertEqual(len(rows), len(ledger()))

    def test_every_code_has_a_query(self):
        there = {file.stem for file in QUERIES.glob("*.sql")} - {"prelude"}
        for file in QUERIES.parent.glob("drift_*.sql"):
            there |= set(re.findall(r"^select '(\w+)', ", file.read_text(), re.M))
        self.assertEqual(sorted(there), sorted(set(ledger()) - WITHOUT_QUERY))

    def test_every_code_is_triggered(self):
        shown = "\n".join(file.read_text() for file in EXPECTED.glob("lint_*.out"))
        said = {code for code, severity in ledger().items()
                if re.search(rf"^code +\| {code}\nseverity +\| {severity}$|^ {code} +\| {severity} ", shown, re.M)}
        self.assertEqual(sorted(said), sorted(set(ledger()) - {"table_distributed"}))
