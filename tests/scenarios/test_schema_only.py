"""A database made from a dump of the schema alone is closed until it is whole again, which one command makes it."""

import re

from devtools import say
from runner.scenario import Scenario
from scenarios import estate

TENANTS = """
insert into tenancy.tenants (id, name, allows_subtenants) values ('00000000-0000-4000-8000-000000000001', 'provider', true);
insert into tenancy.tenants (id, name, allows_subtenants) values
  ('00000000-0000-4000-8000-000000000004', 'north-east', false), ('00000000-0000-4000-8000-000000000003', 'south', false);
insert into tenancy.contacts (id, tenant_id, name, email) values
  ('00000000-0000-4000-8000-0000000000c1', app.t('north-east'), 'Alice', 'alice@example.org'),
  ('00000000-0000-4000-8000-0000000000c2', app.t('south'), 'Bob', 'bob@example.org');
insert into tenancy.users (id, db_role) values
  ('00000000-0000-4000-8000-0000000000c1', 'alice'), ('00000000-0000-4000-8000-0000000000c2', 'bob');
insert into tenancy.user_roles (user_id, role_id)
  select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = 'member';
"""

# written by bob; alice's rows may not refer to them
BOBS = """
insert into app.vendor (name) values ('third');
insert into app.place (id, name) values ('00000000-0000-4000-8000-0000000000d3', 'beach');
insert into app.house (id, place) values (3, '00000000-0000-4000-8000-0000000000d3');
insert into app.event (id, year, house) values (1, 2024, 3);
insert into app.contract (id, title, house) values (4, 'lease', 3);
insert into app.bill (id, house) values (1, 3);
"""

# what alice is refused then, with the SQLSTATE; each goes with a row of her own
REFUSED = [
    ("insert into app.house (id, place) values (9, '{place}')", "23503"),
    ("insert into app.house (id, place, twin) values (9, '00000000-0000-4000-8000-0000000000d2', {house}); set constraints all immediate", "23503"),
    ("insert into app.attendance (id, event, year) values (9, {event}, 2024)", "23503"),
    ("insert into app.contract (id, title, house) values (9, 'x', {house})", "23503"),
    ("insert into app.bill_line (bill, line) values ({bill}, 1)", "23503"),
]
HIDDEN = {"place": "00000000-0000-4000-8000-0000000000d3", "house": 3, "event": 1, "bill": 1}
OWN = {"place": "00000000-0000-4000-8000-0000000000d2", "house": 2, "event": 2, "bill": 2}

LINT = "select code, object from tenancy.lint() where code ~ '^(policies?_|table_unprotected|trigger_|tenant_|registry_|row_security|key_|reference_unreg)' order by 1, 2"
SHAPE = """
select relation::text, kind, tenant_column, tenant_key, had from tenancy.protection order by 1;
select relation::text, constraint_name, names_tenant from tenancy.reference_settings order by 1, 2;
"""


class SchemaOnly(Scenario):
    def setUp(self):
        self.source = self.database()
        estate.fill(self.cluster, self.source)
        self.target = f"{self.source}_schema"
        self.cluster.dropdb(self.target)
        self.cluster.createdb(self.target)
        self.addCleanup(self.cluster.dropdb, self.target)

    def psql(self, text, user="postgres"):
        return self.cluster.psql(self.target, text, user)

    def outcome(self, statement, user):
        return estate.outcome(self.cluster, self.target, user, statement)

    def restore(self, *words):
        self.psql("\\set ON_ERROR_STOP 1\n" + self.cluster.run("pg_dump", *words, self.source))

    def test_whole_again(self):
        self.restore("--schema-only")
        self.psql(TENANTS)
        self.assertEqual(self.psql("select count(*) from tenancy.protection"), "0\n")
        # closed: every table that had triggers of ours refuses, and says what to do
        for statement in BOBS.strip().split(";\n") + ["insert into app.zone values ('9')", "truncate app.bill_line"]:
            state, words = self.outcome(statement.rstrip(";"), "bob")
            self.assertEqual(state, "55000", f"{statement}: {words}")
            self.assertIn("tenancy.mend() is for all such tables", words)
        for statement in ("alter table app.house disable row level security", "drop policy tenancy_select on app.house",
                          'drop trigger "00_tenancy_row" on app.zone', "alter table app.event_old no force row level security"):
            state, words = self.outcome(f"set role owner; {statement}", "postgres")
            self.assertEqual(state, "55000", f"{statement}: {words}")
        self.assertIn("table_unprotected|table app.house", self.psql(LINT))
        self.assertIn("policies_without_protection|table app.zone\n", self.psql(LINT))

        # one command
        mended = self.psql("select * from tenancy.mend()")
        for table in ("attendance", "bill", "bill_line", "event", "house", "paper", "place", "type", "vendor", "zone"):
            self.assertIn(f"table app.{table}: it was in no registry\n", mended)
        self.assertEqual(self.psql("select * from tenancy.mend()"), "")
        self.assertEqual(self.psql(LINT), "")
        # which of four foreign keys named the tenant of a house is told by nothing
        self.psql("select tenancy.set_reference_rule('app.house', 'house_in_place', names_tenant => true)")
        self.assertEqual(self.psql(SHAPE), self.cluster.psql(self.source, SHAPE))
        self.assertEqual(self.policies(self.target), self.policies(self.source))

        self.psql(BOBS, "bob")
        self.psql(f"""insert into app.place (id, name) values ('{OWN["place"]}', 'village');
          insert into app.house (id, place) values (2, '{OWN["place"]}'); insert into app.event (id, year, house) values (2, 2024, 2);
          insert into app.bill (id, house) values (2, 2)""", "alice")
        for table in ("place", "house", "event", "bill", "paper", "vendor"):
            seen = {user: self.psql(f"select count(*) from app.{table}", user) for user in ("alice", "bob", "app")}
            self.assertEqual(seen, {"alice": "0\n" if table in ("paper", "vendor") else "1\n", "bob": "1\n", "app": "0\n"}, table)
        for statement, state in REFUSED:
            self.assertEqual(self.outcome(statement.format(**HIDDEN), "alice")[0], state, statement)
            self.assertEqual(self.outcome(statement.format(**OWN), "alice")[0], "done", statement)
        # a row that names no tenant takes it from the house's place, as before
        self.assertEqual(self.outcome("insert into app.house (id, place) select 9, id from app.place; select tenant_id = app.t('south') "
                                      "from app.house where id = 9", "bob"), ("done", "t\n"))
        state, words = self.outcome("set role owner; alter table app.house disable row level security", "postgres")
        self.assertIn("protected table app.house would lose its row security", words)
        self.assertEqual(self.psql("select * from tenancy.violations()"), "")

    def policies(self, database):
        return self.cluster.psql(database, re.search(r"select 'policy'.*?;.*?;.*?;", estate.CATALOG, re.S)[0])

    def test_rows_that_came_meanwhile(self):
        """A superuser loads rows into such a database by whatever tool; to make it whole is to look at them."""
        self.restore("--schema-only")
        self.psql(TENANTS)
        self.psql("""insert into app.place values ('00000000-0000-4000-8000-0000000000d3', app.t('south'), 'beach');
          insert into app.house (id, tenant_id, place) values (1, app.t('north-east'), '00000000-0000-4000-8000-0000000000d3')""")
        with self.assertRaises(say.Failure) as refused:
            self.psql("select * from tenancy.mend()")
        self.assertIn("rows of app.", str(refused.exception))
        self.psql("delete from app.house; select * from tenancy.mend()")
        self.assertEqual(self.psql(LINT), "")

    def test_declared_owners(self):
        """Whose tables may refer to those of others is a row, which does not come either: mend() refuses, and one command declares all."""
        strange = '''create schema strange; grant usage on schema strange to bob;
          create table strange.visit (id integer primary key, tenant_id uuid, place uuid references app.place on delete cascade, bill integer references app.bill);
          insert into tenancy.referring_owners (relation, owner) values ('app.place', 'bob'), ('app.bill', 'bob');
          select tenancy.protect('strange.visit', 'optional', create_index => 'never'); alter table strange.visit owner to bob;'''
        self.cluster.psql(self.source, strange)
        self.restore("--schema-only")
        self.assertEqual(self.psql("select count(*) from tenancy.referring_owners"), "0\n")
        state, words = self.outcome("select * from tenancy.mend()", "postgres")
        self.assertEqual(state, "42501", words)
        self.assertIn("table strange.visit of role bob may not refer to table app.bill, which is another owner's", words)
        self.psql(re.search(r"declare whom he trusts: (insert into .*?;)", words)[1])
        self.psql("select * from tenancy.mend()")
        self.assertEqual(self.psql(LINT), "")
        self.assertEqual(self.psql("select relation, owner from tenancy.referring_owners order by relation::text"),
                         self.cluster.psql(self.source, "select relation, owner from tenancy.referring_owners order by relation::text"))
        self.assertEqual(self.psql("select object from tenancy.lint() where code = 'reference_of_others'"), "")

    def test_data_only(self):
        """Into it, without the tables of tenancy first: restored rows pass, and are looked at by mend()."""
        self.restore("--schema-only")
        file = self.cluster.folder / f"{self.source}.dump"
        self.addCleanup(file.unlink, missing_ok=True)
        self.cluster.run("pg_dump", "-Fc", "-f", file, self.source)
        restore = ("pg_restore", "--exit-on-error", "--data-only", "-d", self.target)
        self.assertEqual(self.cluster.run(*restore, "-n", "tenancy", "-t", "tenants", file), "")
        self.assertEqual(self.cluster.run(*restore, "-n", "app", "-t", "type", "-t", "vendor", file), "")
        self.psql("select * from tenancy.mend()")
        self.assertEqual(self.psql("select count(*) from app.type"), "4\n")

    def test_one_table(self):
        """pg_restore -t brings the table and its default, and no policy, no trigger, no key: open, as lint says, and its remedy closes it."""
        file = self.cluster.folder / f"{self.source}.dump"
        self.addCleanup(file.unlink, missing_ok=True)
        self.cluster.run("pg_dump", "-Fc", "-f", file, self.source)
        self.psql(self.cluster.run("pg_dump", self.source))
        self.psql("drop table app.bill_line, app.attendance")
        self.cluster.run("pg_restore", "--exit-on-error", "-d", self.target, "-t", "bill_line", "-t", "attendance", file)
        self.psql("grant all on app.bill_line, app.attendance to bob")
        self.assertEqual(self.psql("select count(*) from app.bill_line", "bob"), "4\n")
        self.assertEqual(self.outcome("insert into app.bill_line (bill, line) values (2, 9)", "bob")[0], "55000")
        found = "select object, remedy from tenancy.lint() where code = 'table_unprotected' order by 1"
        lines = self.psql(found).splitlines()
        self.assertEqual([line.partition("|")[0] for line in lines], ["table app.attendance", "table app.bill_line"])
        for line in lines:
            self.psql(line.partition("|")[2])
        self.psql("""alter table app.bill_line add primary key (bill, line), add foreign key (bill) references app.bill;
          alter table app.attendance add foreign key (event, year) references app.event on delete cascade""")
        self.assertEqual(self.psql(found), "")
        self.assertEqual(self.psql("select kind from tenancy.protected_tables where relation in ('app.bill_line'::regclass, 'app.attendance'::regclass) "
                                   "order by relation::text"), "required\noptional\n")
        self.assertEqual(self.psql("select count(*) from app.bill_line", "bob"), "2\n")
        self.assertEqual(self.outcome("insert into app.bill_line (bill, line) values (1, 9)", "bob")[0], "23503")
