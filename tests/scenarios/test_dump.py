"""Dump and restore: what comes back protects as before, and dumps as before."""

import re

from devtools import say
from runner.scenario import Scenario
from scenarios import estate

MEND = "select tenancy.mend(relation) from tenancy.protected_tables"


class Dumped(Scenario):
    """What the tests begin with."""

    def setUp(self):
        self.source = self.database()
        estate.fill(self.cluster, self.source)
        self.target = f"{self.source}_back"
        self.cluster.dropdb(self.target)
        self.cluster.createdb(self.target)
        self.addCleanup(self.cluster.dropdb, self.target)
        self.before = self.catalog(self.source)
        self.first = self.plain(self.source)

    def catalog(self, database):
        return self.cluster.psql(database, estate.CATALOG)

    def plain(self, database, *words, user="postgres"):
        text = self.cluster.run("pg_dump", *words, database, user=user)
        # since November 2025 each dump has a random word of its own
        return "\n".join(line for line in text.splitlines() if not line.startswith(("\\restrict ", "\\unrestrict ")))

    def check(self):
        self.assertEqual(self.before, self.catalog(self.target))
        self.assertEqual(self.first, self.plain(self.target))
        estate.check(self, self.cluster, self.target)

    def restore(self, text, user="postgres"):
        self.cluster.psql(self.target, text, user)

    def archive(self):
        file = self.cluster.folder / f"{self.source}.dump"
        self.addCleanup(file.unlink, missing_ok=True)
        self.cluster.run("pg_dump", "-Fc", "-f", file, self.source)
        return file

    def pg_restore(self, file, *words):
        self.assertEqual(self.cluster.run("pg_restore", "--exit-on-error", "-d", self.target, *words, file), "")


class Dump(Dumped):
    def test_source(self):
        """What the other tests expect of a restored database is so before."""
        estate.check(self, self.cluster, self.source)

    def test_plain(self):
        self.restore(self.first)
        self.check()

    def test_one_transaction(self):
        self.restore("begin;\n" + self.first + "\ncommit;\n")
        self.check()

    def test_custom(self):
        self.pg_restore(self.archive())
        self.check()

    def test_parallel(self):
        """Parallel jobs load the tables of extensions in any order, whatever refers to what: those first, by one job."""
        file = self.archive()
        self.pg_restore(file, "--section=pre-data")
        self.pg_restore(file, "--section=data", "--schema=tenancy")
        self.pg_restore(file, "--section=data", "--exclude-schema=tenancy", "-j", "2")
        # by one job: PostgreSQL's own ADD FOREIGN KEY and ATTACH of an index meet in deadlocks on partitioned tables
        self.pg_restore(file, "--section=post-data")
        self.check()

    def test_inserts(self):
        self.restore(self.plain(self.source, "--inserts", "--rows-per-insert=7"))
        self.check()

    def test_rows_by_themselves(self):
        """Into a schema that is there. PostgreSQL may want triggers disabled, as here, where a table refers to partitions; it enables
        ours for sessions only, and lint tells until they are mended."""
        file = self.archive()
        self.pg_restore(file, "--schema-only")
        self.pg_restore(file, "--data-only", "--schema=tenancy")
        self.pg_restore(file, "--data-only", "--exclude-schema=tenancy", "--disable-triggers")
        self.assertEqual(self.cluster.psql(self.target, "select distinct code from tenancy.lint() where code ~ 'trigger'"), "trigger_disabled\n")
        self.cluster.psql(self.target, MEND)
        self.check()

    def test_one_table(self):
        """It comes without the registry; what lint says protects it again."""
        file = self.archive()
        self.pg_restore(file)
        self.cluster.psql(self.target, "drop table app.contract, app.paper")
        self.cluster.run("pg_dump", "-Fc", "-f", file, "-t", "app.paper", "-t", "app.contract", self.source)
        self.pg_restore(file)
        found = "select object, remedy from tenancy.lint() where code = 'policies_without_protection'"
        for line in self.cluster.psql(self.target, found).splitlines():
            self.assertIn("table app.paper|", line)
            self.cluster.psql(self.target, line.partition("|")[2])
        self.assertEqual(self.cluster.psql(self.target, found), "")
        estate.check(self, self.cluster, self.target)

    def test_materialized_view(self):
        """Dumps set row_security = off, with which its owner cannot fill it."""
        self.cluster.psql(self.source, "set role owner; create materialized view app.seen as select id from app.house")
        file = self.archive()
        with self.assertRaises(say.Failure) as refused:
            self.pg_restore(file)
        self.assertIn("query would be affected by row-level security policy", str(refused.exception))
        self.cluster.dropdb(self.target)
        self.cluster.createdb(self.target)
        self.pg_restore(file, "--enable-row-security")
        self.assertEqual(self.cluster.psql(self.target, "select count(*) from app.seen"), "0\n")
        estate.check(self, self.cluster, self.target)

    def test_row_security(self):
        """A tenant's user dumps what that tenant may see, and nothing else. Partitions are dumped by their own names, of which
        policies that were made by hand for the table at the top say nothing."""
        self.cluster.psql(self.source, """
            create table app.rolled (id integer, tenant text) partition by list (id);
            create table app.rolled_1 partition of app.rolled for values in (1);
            insert into app.rolled values (1, 'alice'), (1, 'bob');
            alter table app.rolled enable row level security, force row level security;
            create policy tenant on app.rolled using (tenant = current_user);
            grant select on app.rolled, app.rolled_1 to alice""")
        self.assertEqual(self.cluster.psql(self.source, "select tenant from app.rolled", "alice"), "alice\n")
        text = self.plain(self.source, "--enable-row-security", user="alice")
        held = {name: rows.splitlines() for name, rows in
                re.findall(r"^COPY (\S+) \(.*\) FROM stdin;\n((?:.*\n)*?)\\\.$", text, re.M)}
        self.assertEqual(held["app.rolled_1"], ["1\talice", "1\tbob"])
        counts = dict(line.split("|")[:2] for line in estate.EXPECTED["alice"].splitlines())
        counts["event"] = str(len(held["app.event_old"] + held["app.event_new_0"] + held["app.event_new_1"]))
        for table, count in counts.items():
            if table in ("event", "paper"):
                continue
            self.assertEqual(len(held[f"app.{table}"]), int(count), table)
        self.assertEqual(counts["event"], "20")
        self.assertEqual(len(held["app.paper"]), 1)
        self.assertEqual(len(held["tenancy.tenants"]), 1)
        self.assertEqual(len(held["tenancy.users"]), 1)
        for word in ("south", "beach", "castle", "third", "deed", "Bob", "Carol", "north\t"):
            self.assertNotIn(word, "\n".join(line for rows in held.values() for line in rows))
        with self.assertRaises(say.Failure) as refused:
            self.cluster.run("pg_dump", self.source, user="alice")
        self.assertIn("row-level security", str(refused.exception))

    def test_without_superuser(self):
        """Who only owns the database cannot restore it, and what comes nevertheless is open to nobody."""
        file = self.archive()
        keeper = f"keeper_{self.target}"
        self.cluster.psql("postgres", f"create role {keeper} login createdb in role owner, app, alice, bob, carol")
        # what it would own goes with the databases
        self.addCleanup(self.cluster.psql, "postgres", f"drop role {keeper}")
        self.addCleanup(self.cluster.dropdb, self.target)
        self.cluster.psql("postgres", f"alter database {self.target} owner to {keeper}")
        with self.assertRaises(say.Failure) as refused:
            self.cluster.run("pg_restore", "--exit-on-error", "-d", self.target, file, user=keeper)
        self.assertIn('permission denied to create extension "pg_tenancy"', str(refused.exception))
        # once there is the extension, it goes on past refusals
        self.cluster.dropdb(self.target)
        self.cluster.psql("postgres", f"create database {self.target} owner {keeper}")
        self.cluster.psql(self.target, "create extension pg_tenancy")
        with self.assertRaises(say.Failure) as refused:
            self.cluster.run("pg_restore", "--no-owner", "-d", self.target, file, user=keeper)
        for words in ('row-level security policy for table "tenants"', "permission denied for table protection",
                      "permission denied for function tenancy.check_truncate", "permission denied for table tenants",
                      "only an administrator of the service provider may change tenancy.governed_schemas"):
            self.assertIn(words, str(refused.exception))
        self.assertEqual(self.cluster.psql(self.target, "select count(*) from app.house"), "4\n")
        nothing = "".join(f"{line.split('|')[0]}|0||\n" for line in estate.EXPECTED["alice"].splitlines())
        for user in ("alice", "app", keeper):
            self.assertEqual(self.cluster.psql(self.target, estate.SEEN, user), nothing, user)
        found = self.cluster.psql(self.target, "select object from tenancy.lint() where code = 'table_unprotected' order by 1")
        for table in ("vendor", "type", "place", "house", "event", "attendance", "paper", "contract"):
            self.assertIn(f"table app.{table}\n", found)


class DumpWithoutPolicies(Dumped):
    majors = (18,)

    def test_no_policies(self):
        """--no-policies leaves the tables open, as it says; lint says so, too, and mend() closes them."""
        file = self.archive()
        self.pg_restore(file, "--no-policies")
        self.assertEqual(self.cluster.psql(self.target, "select count(*) from app.house", "app"), "4\n")
        found = "select distinct code from tenancy.lint() where code ~ '^(row_security|policy)' order by 1"
        self.assertEqual(self.cluster.psql(self.target, found), "policy_missing\nrow_security_disabled\n")
        self.cluster.psql(self.target, MEND)
        self.assertEqual(self.cluster.psql(self.target, found), "")
        self.cluster.psql(self.target, "create policy only_new on app.house as restrictive for select using (note is not null)")
        self.check()
