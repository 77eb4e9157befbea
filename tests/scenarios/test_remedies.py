"""What lint() says to do is done, for every code, on tables with rows: the finding is gone, no row is, and the application goes on."""

import importlib.util
import re
import time

from devtools import paths, say
from runner.scenario import Scenario

SCENARIOS = paths.ROOT / "tests/scenarios"
WORLD = paths.ROOT / "tests/pg_regress/include/world.sql"
EXPECTED = paths.ROOT / "tests/pg_regress/expected"
SECTIONS = re.split(r"^### ", (paths.ROOT / "docs/lint.md").read_text().partition("## Codes")[2], flags=re.M)
GUARDS = """do $$ declare guard name; begin
  for guard in select evtname from pg_event_trigger loop execute format('alter event trigger %I {}', guard); end loop;
end $$;"""
ROWS = """select format('select %L, count(*) from only %s', c.oid::regclass, c.oid::regclass) from pg_class c
where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') order by 1 \\gexec"""


def load(name):
    spec = importlib.util.spec_from_file_location(name, SCENARIOS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = load("remedies").CASES
# What no server of the tests brings about at will has no remedy: the expected output of another test shows it.
ELSEWHERE = {"server_outdated": "lint_server_16.out", "session_is_exempt": "lint_roles.out"}


def codes(*titles):
    """The codes of these sections of docs/lint.md."""
    found = [section for section in SECTIONS if section.split("\n")[0] in titles]
    assert len(found) == len(titles), titles
    return [code for section in found for code in re.findall(r"^\| `(\w+)` \|", section, re.M)]


class Ledger(Scenario):
    majors = (18,)

    def test_every_code_has_a_case(self):
        ledger = load("test_lint").ledger()
        self.assertEqual(sorted(CASES), sorted(ledger))
        self.assertEqual(sorted(code for code, cases in CASES.items() if not cases), sorted([*ELSEWHERE, "table_distributed"]))
        self.assertIn("table_distributed", (SCENARIOS / "test_citus.py").read_text())
        for code, file in ELSEWHERE.items():
            shown = (EXPECTED / file).read_text()
            self.assertRegex(shown, rf"(?m)^code +\| {code}\nseverity .+\nobject .+\nfinding .+\nremedy +\| *$|^ {code} +\|.+\| *$")


class Remedies(Scenario):
    def test_settings_and_roles(self):
        self.follow("How strictly", "Who")

    def test_tables_and_references(self):
        self.follow("Tables", "References")

    def test_code_and_privileges(self):
        self.follow("Views and code", "Privileges and names", "Ways out")

    def test_what_protection_was(self):
        self.follow("What protection was")

    def follow(self, *titles):
        self.other = self.start_cluster(settings=["wal_level = logical", "max_prepared_transactions = 10"])
        self.other.createdb("world", "tenancy_template")
        self.other.psql_file("world", WORLD)
        troubles = []
        for code in codes(*titles):
            for nth, case in enumerate(CASES[code]):
                try:
                    self.one(code, case, f"{code}_{nth}")
                except (AssertionError, say.Failure) as trouble:
                    troubles.append(f"{code} {nth}: {trouble}")
        self.assertEqual("\n".join(troubles), "")

    def one(self, code, case, db):
        self.other.createdb(db, "world")
        prepared, _, behind = case.setup.partition("\\echo off\n")
        self.sql(db, prepared)
        if case.unguarded:
            self.sql(db, "\n".join([GUARDS.format("disable"), behind, GUARDS.format("enable always")]))
        mine = f"from tenancy.lint() where code = '{code}' and object ~ '{case.object}'"
        found = self.sql(db, f"create table public.found as select object, remedy {mine}; select object, remedy is null from public.found")
        self.assertNotEqual(found, "", "nothing is found")
        for statement in case.works:
            self.works(db, statement)
        for statement in case.refused_before:
            self.assertIn("duplicate key", self.refusal(db, statement))
        if case.words:
            self.assertEqual({line.split("|")[-1] for line in found.splitlines()}, {"t"}, found)
            return
        rows = self.sql(db, ROWS)
        self.sql(db, "select remedy from public.found where remedy is not null \\gexec")
        left = self.sql(db, f"select object, remedy {mine}")
        if case.then:
            self.sql(db, f"select remedy {mine} \\gexec")
            # a reload takes its time
            for _ in range(100):
                left = self.sql(db, f"select object, remedy {mine}")
                if not left:
                    break
                time.sleep(0.1)
        self.assertEqual(left, "", "it is still found")
        self.assertEqual(self.sql(db, ROWS), rows)
        for statement in case.works + case.refused_before + case.afterwards:
            self.works(db, statement)

    def sql(self, db, text):
        return self.other.psql(db, "set client_min_messages = error;\n" + text)

    def works(self, db, statement):
        if "TWICE " in statement:
            self.assertIn("duplicate key", self.refusal(db, statement.replace("TWICE ", "")))
        else:
            self.as_application(db, statement)

    def refusal(self, db, statement):
        try:
            self.as_application(db, statement)
        except say.Failure as failure:
            return str(failure)
        self.fail(f"was not refused: {statement}")

    def as_application(self, db, statement):
        who = "pia" if statement.startswith("PUBLIC ") else "ann"
        self.other.psql(db, f"begin; call app.act_as('{who}'); {statement.removeprefix('PUBLIC ')} rollback;", user="app")
