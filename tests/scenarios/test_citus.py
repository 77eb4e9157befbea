"""Tables that Citus distributes are refused. Citus is not there: an extension of its name brings the tables by which it is known."""

from pathlib import Path

from devtools import say
from runner.scenario import Scenario

CONTROL = "default_version = '1'\nrelocatable = false\n"
# as Citus makes them: in pg_catalog, by way of a schema of its own
SCRIPT = """
create schema citus_made;
create table citus_made.pg_dist_partition (logicalrelid regclass primary key, partmethod "char");
create table citus_made.pg_dist_shard (logicalrelid regclass, shardid bigint primary key);
alter table citus_made.pg_dist_partition set schema pg_catalog;
alter table citus_made.pg_dist_shard set schema pg_catalog;
"""

SETUP = """
set client_min_messages = warning;
insert into tenancy.tenants (id, name, allows_subtenants) values ('00000000-0000-4000-8000-000000000001', 'provider', true);
insert into tenancy.tenants (id, name, allows_subtenants) values ('00000000-0000-4000-8000-000000000002', 'north', true),
  ('00000000-0000-4000-8000-000000000003', 'south', false), ('00000000-0000-4000-8000-000000000004', 'gone', false);
update tenancy.tenants set status = 'inactive' where name = 'gone';
set role owner;
create table app.notes (id integer primary key, tenant_id uuid not null);
create table app.docs (id integer primary key, tenant_id uuid not null, note integer references app.notes);
create table app.split (id integer, tenant_id uuid not null) partition by list (id);
create table app.split_1 partition of app.split for values in (1);
create table app.fresh (id integer primary key, tenant_id uuid);
create table app.plain (id integer primary key, tenant_id uuid not null);
create table app.notes_102008 (id integer primary key, tenant_id uuid not null default tenancy.writable_tenant());
reset role;
select tenancy.protect('app.notes', 'required'), tenancy.protect('app.docs', 'required'), tenancy.protect('app.split', 'required');
select tenancy.protect('app.plain', 'required');
"""

# what they are told, a line each
TOLD = Path(__file__).with_name("citus.out")

# what refuses, and the table that it names
REFUSED = [
    ("select tenancy.protect('app.fresh', 'optional')", "app.fresh"),
    ("select tenancy.protect('app.notes_102008', 'required')", "app.notes"),
    ("call tenancy.adopt('app.fresh', 'optional')", "app.fresh"),
    ("select tenancy.release('app.notes')", "app.notes"),
    ("select tenancy.mend('app.notes')", "app.notes"),
    ("select tenancy.mend('app.notes_102008')", "app.notes"),
    ("select tenancy.release('app.split')", "app.split_1"),
    ("select tenancy.set_reference_rule('app.docs', 'docs_note_fkey', on_tenant_change => 'cascade')", "app.notes"),
    ("select tenancy.reassign('app.notes', 'true', '00000000-0000-4000-8000-000000000003')", "app.notes"),
    ("select tenancy.delete_tenant('00000000-0000-4000-8000-000000000004')", "app.notes"),
    ("select tenancy.delete_tenant('00000000-0000-4000-8000-000000000004', dry_run => true)", "app.notes"),
    ("select tenancy.delete_tenant('00000000-0000-4000-8000-000000000004', array['app.plain'::regclass])", "app.notes"),
    ("update tenancy.tenants set parent_id = '00000000-0000-4000-8000-000000000002' where name = 'south'", "app.notes"),
    ("insert into tenancy.quotas (tenant_id, relation, max_rows) values ('00000000-0000-4000-8000-000000000002', 'app.notes', 1)", "app.notes"),
    ("select * from tenancy.violations()", "app.notes"),
    ("select tenancy.set_mode('enforce')", "app.notes"),
]


class Citus(Scenario):
    def setUp(self):
        self.db = self.database()
        # one server for all tests, and so one test for both
        folder = self.cluster.server.ask("--sharedir") / "extension"
        for name, text in (("citus.control", CONTROL), ("citus--1.sql", SCRIPT)):
            (folder / name).write_text(text)
            self.addCleanup((folder / name).unlink, missing_ok=True)

    def outcome(self, statement, user="postgres"):
        try:
            return self.cluster.psql(self.db, f"\\set VERBOSITY verbose\nbegin;\n{statement};\nrollback;\n", user)
        except say.Failure as failure:
            return str(failure).partition("ERROR:  ")[2]

    def test_distributed(self):
        self.cluster.psql(self.db, SETUP)
        self.cluster.psql(self.db, "create extension citus")
        for statement, _ in REFUSED:
            self.assertNotIn("Citus", self.outcome(statement), statement)
        self.cluster.psql(self.db, """
          insert into pg_dist_partition values ('app.notes', 'h'), ('app.split_1', 'h'), ('app.fresh', 'h');
          insert into pg_dist_shard values ('app.notes', 102008)""")
        told = []
        for statement, table in REFUSED:
            told.append(self.outcome(statement))
            self.assertRegex(told[-1], f"^0A000: .* table {table} is distributed by Citus", statement)
        restrictive = "set role owner; create policy mine on app.{} as restrictive using (true)"
        told.append(self.outcome(restrictive.format("notes")))
        self.assertEqual("".join(f"ERROR:  {words.splitlines()[0]}\n" for words in told), TOLD.read_text())
        self.assertEqual(self.outcome(restrictive.format("plain")), "")
        # what is about other tables goes
        for statement in ("select from tenancy.release('app.plain')", "select from tenancy.mend('app.plain')",
                          "insert into tenancy.quotas (tenant_id, relation, max_rows) values ('00000000-0000-4000-8000-000000000002', 'app.plain', 1)",
                          "update tenancy.tenants set name = 'renamed' where name = 'south'"):
            self.assertNotIn("Citus", self.outcome(statement), statement)
        found = "select object, remedy from tenancy.lint() where code = 'table_distributed' order by 1"
        self.assertEqual(self.cluster.psql(self.db, found), "table app.notes|select undistribute_table('app.notes')\n"
                         "table app.split_1|select undistribute_table('app.split_1')\n")

        self.names_alone()

    def names_alone(self):
        """Tables of these names that anybody makes are not the extension's."""
        self.db = self.database("_names")
        self.cluster.psql(self.db, SETUP)
        self.cluster.psql(self.db, """set role owner;
          create table app.pg_dist_partition (logicalrelid regclass, partmethod "char");
          create table app.pg_dist_shard (logicalrelid regclass, shardid bigint);
          insert into app.pg_dist_partition select relation, 'h' from tenancy.protected_tables""")
        for extension in ("", "create extension citus; "):
            self.cluster.psql(self.db, extension)
            self.assertEqual(self.cluster.psql(self.db, "select from tenancy.release('app.plain'); select tenancy.protect('app.plain', 'required')"), "\n")
            self.assertEqual(self.cluster.psql(self.db, "select * from tenancy.violations()"), "")
