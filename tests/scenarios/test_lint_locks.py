"""lint() waits for nobody who has locked a table of the users."""

from runner.scenario import Scenario

SETUP = """
insert into tenancy.tenants (name) values ('provider'), ('a');
create table app.plain (id bigint generated always as identity primary key, tenant_id uuid not null, name text unique, code text);
create table app.numbered (id integer primary key, tenant_id integer, name text, part_of integer references app.numbered);
create table app.divided (id bigint, tenant_id uuid not null, day date, primary key (id, day)) partition by range (day);
create table app.divided_1 partition of app.divided for values from ('2026-01-01') to ('2027-01-01');
create table app.above (id integer, tenant_id uuid not null);
create table app.below (extra text) inherits (app.above);
create unique index on app.plain (lower(code)) where code is not null;
create unique index on app.plain (code desc nulls last) include (name) where tenant_id is null;
create unique index on app.numbered (name) where tenant_id is null;
create table app.unprotected (id integer primary key, tenant_id uuid references tenancy.tenants, plain bigint references app.plain);
select tenancy.protect(t, 'required') from unnest('{app.plain,app.divided,app.above}'::regclass[]) t;
select tenancy.protect('app.numbered', 'optional');
create view app.shown as select * from app.plain;
create materialized view app.stored as select * from app.plain;
create publication sent for table app.plain where (tenant_id is not null);
-- what differs from what protect() made
drop policy tenancy_update on app.plain;
alter policy tenancy_select on app.numbered using (tenant_id is not null);
alter table app.above no force row level security;
alter table app.below alter column tenant_id drop default;
"""

LOCK = """
select format('lock table %s in access exclusive mode', c.oid::regclass)
from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p', 'v')
"""


class LintLocks(Scenario):
    def test_waits_for_nobody(self):
        db = self.database()
        self.cluster.psql(db, SETUP)
        with (self.psycopg().connect(self.cluster.conninfo(db)) as holder,
              self.psycopg().connect(self.cluster.conninfo(db), autocommit=True) as asker):
            def ask():
                # not what depends on who is at work; how an index is made anew is not said while its table is locked
                found = asker.execute("select * from tenancy.lint(true) where code <> 'prepared_transaction'").fetchall()
                return [row[:3] if row[0].startswith("unique_") else row for row in found]

            free = ask()
            self.assertGreater(len({row[0] for row in free}), 8)
            self.assertTrue({"policy_missing", "policy_changed", "unique_values"} <= {row[0] for row in free})
            for (command,) in holder.execute(LOCK).fetchall():
                holder.execute(command)
            asker.execute("set lock_timeout = '500ms'")
            self.assertEqual(ask(), free)
            with self.assertRaisesRegex(self.psycopg().Error, "not isolated"):
                asker.execute("select tenancy.assert_isolated()")
            # dropped, and not yet committed
            holder.execute("drop table app.unprotected, app.numbered cascade")
            self.assertEqual(ask(), free)
            asker.execute("begin")
            self.assertEqual(ask(), free)
            held = asker.execute("select distinct relation::regclass::text from pg_locks join pg_class c on c.oid = relation"
                                 " where pid = pg_backend_pid() and c.relnamespace = 'app'::regnamespace").fetchall()
            self.assertEqual(held, [])
