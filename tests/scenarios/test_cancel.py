"""Long operations stopped in the middle, by pg_cancel_backend() and by pg_terminate_backend(): nothing has happened."""

import threading
import time

from runner.scenario import Scenario

ROWS = 20_000
TENANT = "a0000000-0000-0000-0000-000000000000"
OTHER = "b0000000-0000-0000-0000-000000000000"

# What refers to itself, what is referred to by it, what is divided.
SETUP = f"""
insert into tenancy.tenants (name) values ('provider');
insert into tenancy.tenants (id, name) values ('{TENANT}', 'leaving'), ('{OTHER}', 'other');
create table app.kinds (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, name text);
create table app.things (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, kind uuid references app.kinds, up uuid references app.things);
create table app.days (id bigint generated always as identity, tenant_id uuid not null, day date) partition by range (day);
create table app.days_old partition of app.days for values from (minvalue) to ('2026-01-01');
create table app.days_new partition of app.days for values from ('2026-01-01') to (maxvalue);
insert into app.kinds (tenant_id, name) select '{TENANT}', 'kind ' || n from generate_series(1, {ROWS}) n;
insert into app.things (tenant_id, kind) select '{TENANT}', id from app.kinds;
insert into app.days (tenant_id, day) select '{TENANT}', '2025-12-01'::date + n % 60 from generate_series(1, {ROWS}) n;
create index on app.things (kind);
create index on app.things (up);
select tenancy.protect(t, 'required') from unnest('{{app.kinds,app.things,app.days}}'::regclass[]) t;
create table app.plain (id bigint generated always as identity primary key, tenant_id uuid, kind uuid references app.kinds);
insert into app.plain (kind) select id from app.kinds;
create index on app.plain (kind);
create table archive (line bigint generated always as identity primary key, content text not null);
analyze;
"""

# Where rows are counted, some are to be done.
COUNTED = ("exporting rows", "deleting rows", "moving rows", "assigning tenants", "verifying the archive")

# The tables there are, with their columns; what was recorded about them is no part of them.
TABLES = """
select c.oid::regclass::text, string_agg(a.attname, ',' order by a.attnum)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
where c.relkind in ('r', 'p') and c.relnamespace in ('app'::regnamespace, 'tenancy'::regnamespace)
  and c.oid <> 'tenancy.activity'::regclass
group by c.oid order by 1
"""


class Cancel(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, SETUP)
        self.watcher = self.connect()

    def connect(self):
        connection = self.psycopg().connect(self.cluster.conninfo(self.db), autocommit=True)
        self.addCleanup(connection.close)
        return connection

    def ask(self, sql):
        return self.watcher.execute(sql).fetchall()

    def state(self):
        """All tables and all their rows."""
        tables = self.ask(TABLES)
        hashed = "select md5(coalesce(string_agg(r::text, ' ' order by r::text), '')) from only {} r"
        return tables, [self.ask(hashed.format(table)) for table, _ in tables]

    def stop(self, connection, work, phase, function):
        """Starts the work, waits until it is seen in the middle, and stops it; gives the error's code."""
        pid, pg, outcome = connection.info.backend_pid, self.psycopg(), []

        def run():
            try:
                connection.execute(work).fetchall() if work.startswith("select") else connection.execute(work)
            except pg.Error as error:
                outcome.append(error.sqlstate)

        thread = threading.Thread(target=run)
        thread.start()
        until = time.monotonic() + 60
        seen = set()
        while thread.is_alive() and time.monotonic() < until:
            shown = self.ask(f"select phase, rows_done from tenancy.progress where pid = {pid}")
            seen.update(shown)
            if any(at == phase and (phase not in COUNTED or (done or 0) > 0) for at, done in shown):
                break
        self.ask(f"select {function}({pid})")
        thread.join()
        self.assertTrue(outcome, f"it came to its end; seen on the way: {seen}")
        self.assertTrue(any(at == phase for at, _ in seen), seen)
        while self.ask(f"select from pg_stat_activity where pid = {pid} and state = 'active'"):
            time.sleep(0.01)
        return outcome[0]

    def check(self, work, phase, look=None):
        """Both ways to stop it leave all as it was; the backend that lives goes on, and does it then."""
        look = look or self.state
        state = look()
        connection = self.connect()
        self.assertEqual(self.stop(connection, work, phase, "pg_cancel_backend"), "57014")
        self.assertEqual(self.ask("select * from tenancy.progress"), [])
        self.assertEqual(look(), state)
        self.assertIn(self.stop(self.connect(), work, phase, "pg_terminate_backend"), ("57P01", None))
        self.assertEqual(self.ask("select * from tenancy.progress"), [])
        self.assertEqual(look(), state)
        connection.execute(work)
        self.assertEqual(self.ask("select * from tenancy.progress"), [])
        self.assertEqual(self.ask("select * from tenancy.violations()"), [])

    def test_export(self):
        self.check(f"select tenancy.export_tenant('{TENANT}')", "exporting rows")

    def test_import(self):
        self.watcher.execute(f"insert into archive (content) select tenancy.export_tenant('{TENANT}')")
        self.watcher.execute("truncate app.things, app.days, app.kinds cascade")
        self.check("select * from tenancy.import_tenant('archive')", "inserting rows")
        self.assertEqual(self.ask("select count(*) from app.things"), [(ROWS,)])

    def test_import_while_the_archive_is_read(self):
        self.watcher.execute(f"insert into archive (content) select tenancy.export_tenant('{TENANT}')")
        self.watcher.execute("truncate app.things, app.days, app.kinds cascade")
        self.check("select * from tenancy.import_tenant('archive')", "verifying the archive")

    def test_initialize(self):
        self.check(f"select * from tenancy.initialize_tenant('{OTHER}', '{TENANT}', '{{app.kinds,app.things}}')", "inserting rows")
        self.assertEqual(self.ask(f"select count(*) from app.things where tenant_id = '{OTHER}'"), [(ROWS,)])

    def test_delete(self):
        self.watcher.execute("drop table app.plain")
        self.watcher.execute("update tenancy.tenants set status = 'inactive' where name = 'leaving'")
        self.check(f"select * from tenancy.delete_tenant('{TENANT}')", "deleting rows")
        self.assertEqual(self.ask("select count(*) from app.kinds"), [(0,)])

    def test_reassign(self):
        self.watcher.execute("update app.things set kind = null")
        self.check(f"select tenancy.reassign('app.things', 'true', '{OTHER}')", "moving rows")
        self.assertEqual(self.ask(f"select count(*) from app.things where tenant_id = '{OTHER}'"), [(ROWS,)])

    def test_protect(self):
        self.watcher.execute("insert into app.plain (kind) select kind from app.plain, generate_series(1, 4)")
        self.watcher.execute(f"update app.plain set tenant_id = '{TENANT}'")
        self.check("select tenancy.protect('app.plain', 'required')", "checking references")

    def test_set_reference_rule(self):
        self.watcher.execute("insert into app.things (tenant_id, kind) select t.tenant_id, t.kind from app.things t, generate_series(1, 4)")
        self.check("select tenancy.set_reference_rule('app.things', 'things_kind_fkey', on_tenant_change => 'cascade')", "checking references")
        self.assertEqual(self.ask("select on_tenant_change from tenancy.reference_rules where constraint_name = 'things_kind_fkey'"), [("cascade",)])

    def test_refresh_statistics(self):
        self.watcher.execute("insert into app.days (tenant_id, day) select tenant_id, day from app.days, generate_series(1, 4)")
        self.check("select tenancy.refresh_statistics()", "counting rows")
        self.assertEqual(self.ask("select rows from tenancy.tenant_statistics where relation = 'app.kinds'::regclass"), [(ROWS,)])

    def test_violations(self):
        self.check("select * from tenancy.violations()", "checking rows")

    def test_adopt(self):
        """What it has done so far stays: nothing but the tenant column was written, and it goes on from there."""
        self.watcher.execute("insert into app.plain (kind) select kind from app.plain, generate_series(1, 9)")
        self.watcher.execute("alter table app.plain drop tenant_id, add constraint kind foreign key (kind) references app.kinds")
        adopt = "call tenancy.adopt('app.plain', 'required', by_reference => 'kind')"
        self.check(adopt, "assigning tenants", lambda: self.ask("select id, kind from app.plain order by id"))
        self.assertEqual(self.ask("select count(*) from app.plain p join app.kinds k on k.id = p.kind where p.tenant_id is distinct from k.tenant_id"), [(0,)])
        self.assertEqual(self.ask("select count(*) from tenancy.adoptions"), [(0,)])
        self.assertEqual(self.ask("select kind from tenancy.protected_tables where relation = 'app.plain'::regclass"), [("required",)])
