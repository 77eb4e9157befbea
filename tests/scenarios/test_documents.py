"""README.md and docs/*.md say what happens: their SQL is run, on a server of its own for each document.

What is between ``` fences, by the word after the opening one:

    sql       run by psql as superuser in a database without the extension; one session from the document's top to its
              end. `-- refused: 42501` in it announces one error with that SQLSTATE; any other error fails the test.
    sh        run by sh, at its place among the SQL; the server's programs are on the path, libpq reaches the database
    text      what the block above it prints; … stands for anything in a line, by itself for any lines
    console   for reading only: what starts servers, or takes another machine
    (none)    a drawing

ACCEPT=1 writes what happened into those text blocks that are wrong.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devtools import paths
from runner.outcome import CRASHED, Failed
from runner.scenario import Scenario

DOCUMENTS = [paths.ROOT / "README.md", *sorted((paths.ROOT / "docs").glob("*.md"))]
REFERENCE = paths.ROOT / "docs/reference.md"
LANGUAGES = {"sql", "sh", "text", "console", ""}
SECONDS = 300
# A document that speaks of a million rows (a \set line) gets so many; DOCUMENT_ROWS=1000000 runs it to the letter.
ROWS = int(os.environ.get("DOCUMENT_ROWS", 100_000))


@dataclass
class Block:
    language: str
    line: int       # of the opening fence, from 1
    text: str

    @property
    def refusals(self):
        return re.findall(r"-- refused: (\w{5})\b", self.text) if self.language == "sql" else []


def blocks(document):
    found, opened = [], None
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if not line.strip().startswith("```"):
            continue
        if not line.startswith("```"):
            raise Failed(f"{document.name}:{number}: a fence must begin its line")
        if opened is None:
            opened = (line[3:].strip(), number)
            if opened[0] not in LANGUAGES:
                raise Failed(f"{document.name}:{number}: what is to be done with “{opened[0]}”?")
        else:
            language, start = opened
            lines = document.read_text().splitlines()[start:number - 1]
            found.append(Block(language, start, "\n".join(lines)))
            opened = None
    if opened:
        raise Failed(f"{document.name}: the last fence is open")
    return found


class Documents(Scenario):
    def test_versions_agree(self):
        cargo = re.search(r'^version = "(.*)"', (paths.ROOT / "Cargo.toml").read_text(), flags=re.M)[1]
        meta = json.loads((paths.ROOT / "META.json").read_text())
        self.assertEqual({meta["version"], *(each["version"] for each in meta["provides"].values())}, {cargo})
        self.assertIn(f"\n## {cargo}", (paths.ROOT / "CHANGELOG.md").read_text())

    def run_document(self, document):
        found = [block for block in blocks(document) if block.language in ("sql", "sh", "text")]
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            script = self.script(found, Path(folder))
            cluster = self.start_cluster(name=f"doc-{document.stem}", bare=True)
            # what documents show is of one time zone and one locale
            cluster.psql("postgres", "create database shop template template0 locale 'C'")
            environment = cluster.environment() | {"PGDATABASE": "shop", "LC_ALL": "C", "PGTZ": "UTC"}
            environment["PATH"] = f"{cluster.server.bindir}:{environment['PATH']}"
            command = [cluster.server.program("psql"), "-X", "-q", "-v", "VERBOSITY=verbose", "-v", "SHOW_CONTEXT=never"]
            done = subprocess.run(command, input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env=environment, cwd=folder, timeout=SECONDS)
        if CRASHED.search(done.stdout):
            raise Failed(f"the server crashed; the output ends with:\n{done.stdout[-1500:]}")
        parts = re.split(r"^@@block (\d+)\n", done.stdout, flags=re.M)
        printed = {int(parts[i]): parts[i + 1] for i in range(1, len(parts), 2)}
        self.judge(document, found, printed)

    @staticmethod
    def script(found, folder):
        lines = []
        for block in found:
            lines.append(f"\\echo @@block {block.line}")
            if block.language == "sql":
                last = block.text.rstrip().splitlines()[-1]
                if not re.search(r";\s*(--.*)?$|\\", last):
                    raise Failed(f"line {block.line}: the block ends within a statement: {last}")
                lines.append(re.sub(r"^(\\set \w+) 1000000$", rf"\1 {ROWS}", block.text, flags=re.M))
            elif block.language == "sh":
                (folder / f"{block.line}.sh").write_text(block.text + "\n")
                lines.append(f"\\! sh -e {block.line}.sh 2>&1 || echo @@failed")
        return "\n".join(lines) + "\n"

    def judge(self, document, found, printed):
        troubles, wrong = [], {}
        before = None
        for block in found:
            where = f"{document.name}:{block.line}"
            if block.language != "text":
                raw, before = printed.get(block.line), block
                if raw is None:
                    troubles.append(f"{where}: was not reached")
                    continue
                errors = re.findall(r"^ERROR:  (\w{5}): ", raw, flags=re.M)
                unknown = "@@failed" in raw or re.search(r"^(FATAL|psql: error|\\\w+: |invalid command)", raw, flags=re.M)
                if errors != block.refusals or unknown:
                    troubles.append(f"{where}: refused {errors}, announced {block.refusals}; it printed:\n{tidy(raw)}")
            elif before is None:
                troubles.append(f"{where}: text of which block?")
            else:
                got = tidy(printed.get(before.line, ""))
                if not matches(block.text, got):
                    wrong[block.line] = got
                    if "--accept" not in sys.argv:
                        troubles.append(f"{where}: says\n{block.text}\nbut this happened:\n{got}")
                before = None
        if wrong and "--accept" in sys.argv:
            accept(document, wrong)
        if troubles:
            raise Failed("\n\n".join(troubles))


def tidy(printed):
    """What psql prints by itself, without what our own settings add to it."""
    printed = re.sub(r"^((?:ERROR|WARNING|NOTICE|INFO):  )\w{5}: ", r"\1", printed, flags=re.M)
    printed = re.sub(r"^(LOCATION|(SCHEMA|TABLE|COLUMN|CONSTRAINT|DATATYPE) NAME):  .*\n", "", printed, flags=re.M)
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines()).rstrip()


def matches(wanted, got):
    pattern = re.escape(tidy(wanted)).replace("…\\\n", "(?s:.*)").replace("…", ".*")
    return re.fullmatch(pattern, got) is not None


def accept(document, wrong):
    lines, new, skipping = document.read_text().splitlines(), [], False
    for number, line in enumerate(lines, 1):
        if skipping and line.startswith("```"):
            skipping = False
        if not skipping:
            new.append(line)
        if number in wrong:
            new += wrong[number].splitlines()
            skipping = True
    document.write_text("\n".join(new) + "\n")


def add_test(document):
    def test(self):
        self.run_document(document)
    setattr(Documents, f"test_{document.stem.lower().replace('-', '_')}_runs", test)


for each in DOCUMENTS:
    add_test(each)


class Reference(Scenario):
    """docs/reference.md has everything that there is to know."""

    def test_links_lead_somewhere(self):
        places = [paths.ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
        missing = []
        for document in DOCUMENTS + places:
            for target in re.findall(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", document.read_text()):
                file, anchor = target
                if file.startswith("http"):
                    continue
                at = (document.parent / file) if file else document
                if not at.exists():
                    missing.append(f"{document.name}: {file}")
                elif anchor and at.suffix == ".md" and anchor[1:] not in anchors(at):
                    missing.append(f"{document.name}: {file}{anchor}")
        self.assertEqual(missing, [])

    def test_every_refusal_is_documented(self):
        reference = REFERENCE.read_text()
        errors = reference.partition("\n## Errors\n")[2].partition("\n## ")[0]
        documented = set(re.findall(r"^\| `(\w{5})` \| `([^`]+)` \|", errors, flags=re.M))
        source = refusals(self.psycopg().errors)
        self.assertGreater(len(source), 40, "the pattern no longer fits src/error/")
        self.assertEqual(sorted(source - documented), [], "in src/error/ but not in docs/reference.md")
        self.assertEqual(sorted(documented - source), [], "in docs/reference.md but not in src/error/")

    def test_every_refusal_is_triggered(self):
        shown = "\n".join(file.read_text() for file in (paths.ROOT / "tests").rglob("*.out"))
        shown += "\n".join(block.text for document in DOCUMENTS for block in blocks(document) if block.language == "text")
        never = []
        for _, message in refusals(self.psycopg().errors):
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(message))
            if not re.search(rf"^(ERROR|WARNING):  (\w{{5}}: )?{pattern}$", shown, flags=re.M):
                never.append(message)
        self.assertEqual(never, [], "no expected output of a test, nor a document, shows it")

    def test_every_way_around_has_its_tests(self):
        document = (paths.ROOT / "docs/security-model.md").read_text()
        section = document.partition("\n## Every known way around\n")[2].partition("\n## ")[0]
        rows = [line for line in section.splitlines() if re.match(r"\| (?!way \|)", line)]
        self.assertGreater(len(rows), 30)
        without = [row for row in rows if not re.search(r"`(regress|isolation|scenario)/", row)]
        self.assertEqual(without, [], "name no test")
        named = set(re.findall(r"`((?:regress|isolation|scenario)/[^`]+)`", section))
        self.assertEqual(sorted(named - tests_there_are()), [], "are no tests")
        around = {test for test in tests_there_are() if test.partition("/")[2].startswith("around_")}
        self.assertEqual(sorted(around - named), [], "are not in the table")
        # what row security made by hand comes to is said in each row, and shown by its first test
        says = re.compile(r"(yes|no|often|in 16\.2|is the measure|has none)\b")
        self.assertEqual([row for row in rows if not says.match(row.split(" | ")[-1])], [], "do not say what falls by hand")
        first = {re.search(r"`((?:regress|isolation|scenario)/[^`]+)`", row).group(1) for row in rows if "| has none" not in row}
        self.assertEqual(sorted(test for test in first if not re.search("rolled|by_hand", text_of(test))), [], "do not show it by hand")

    def test_every_object_is_documented(self):
        db, reference = self.database(), REFERENCE.read_text()
        missing = []
        for heading, words in self.objects(db).items():
            if heading == "":
                missing += [f"“{word}”" for word in words
                            if f"`{word}`" not in reference and f"\n### {word}\n" not in reference]
                continue
            section = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", reference, flags=re.M | re.S)
            if not section:
                missing.append(f"a section “{heading}”")
                continue
            missing += [f"“{word}” under “{heading}”" for word in words if f"`{word}`" not in section[1]]
        self.assertEqual(missing, [])

    def test_nothing_is_documented_that_is_not_there(self):
        there = self.objects(self.database())
        headings = re.findall(r"^#+ (tenancy\..*)$", REFERENCE.read_text(), flags=re.M)
        there = set(there) | set(there[""])
        self.assertEqual(sorted(set(headings) - there), [])

    def objects(self, db):
        """Headings of the reference, each with the words that its section must have in code marks; "" is anywhere."""
        lines = self.cluster.psql(db, """
            select 'tenancy.' || p.proname || '()', array_to_string(p.proargnames, ',')
            from pg_proc p
            where p.pronamespace = 'tenancy'::regnamespace and p.proargnames is not null
            union all
            select '', 'tenancy.' || p.proname || '()'
            from pg_proc p
            where p.pronamespace = 'tenancy'::regnamespace and p.proargnames is null
            union all
            select 'tenancy.' || c.relname, string_agg(a.attname, ',' order by a.attnum)
            from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'tenancy'::regnamespace and c.relkind in ('r', 'v')
            group by c.oid
            union all
            select 'Event triggers', evtname from pg_event_trigger
            union all
            select 'Triggers on our own tables', tgname from pg_trigger t join pg_class c on c.oid = tgrelid
            where c.relnamespace = 'tenancy'::regnamespace and not tgisinternal
            union all
            select 'Settings', s from unnest('{tenancy.context}'::text[]) s
            """).splitlines()
        found = {}
        for line in lines:
            heading, _, words = line.partition("|")
            found.setdefault(heading, []).extend(word for word in words.split(",") if word)
        return found


def refusals(errors):
    """SQLSTATE and message of each refusal in src/error/, {holes} as they are there; psycopg knows the codes."""
    source = "\n".join(file.read_text() for file in sorted((paths.ROOT / "src/error").glob("*.rs")))
    arms = re.findall(r"=> parts\(\s*Code::ERRCODE_(\w+),\s*(?:format!\(\s*)?\"((?:[^\"\\]|\\.)*)\"", source)
    if len(arms) != source.count("=> parts("):
        raise Failed("an arm of src/error/ is spelled in a way that this test does not read")
    sqlstate = {code: getattr(errors, code.removeprefix("T_R_").title().replace("_", "")).sqlstate for code, _ in arms}
    return {(sqlstate[code], re.sub(r"\\(.)", r"\1", message)) for code, message in arms}


def tests_there_are():
    """Names of tests, an isolation test's without its level."""
    tests = paths.ROOT / "tests"
    names = {f"regress/{file.stem}" for file in tests.glob("pg_regress/sql/*.sql")}
    names |= {f"isolation/{file.stem}" for file in tests.glob("isolation/specs/*.spec")}
    for file in tests.glob("scenarios/test_*.py"):
        methods = re.findall(r"^    def test_(\w+)\(self\b", file.read_text(), flags=re.M)
        names |= {f"scenario/{file.stem.removeprefix('test_')}.{method}" for method in methods}
    return names


def text_of(test):
    kind, _, name = test.partition("/")
    file = {"regress": f"pg_regress/sql/{name}.sql", "isolation": f"isolation/specs/{name}.spec",
            "scenario": f"scenarios/test_{name.partition('.')[0]}.py"}[kind]
    return (paths.ROOT / "tests" / file).read_text()


def anchors(document):
    """The anchors that GitHub and the like make of headings."""
    headings = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
