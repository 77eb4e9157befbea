"""Rows that refer to each other in every way come and go in batches: in the right order, and with constant memory."""

import threading
from pathlib import Path

from runner.scenario import Scenario

TENANT = "a0000000-0000-0000-0000-000000000000"
OTHER = "b0000000-0000-0000-0000-000000000000"
MOST = 5_000    # KiB more, where many times as many rows go through a backend

# A tree whose keys say nothing about its order, with a row that refers to itself; pairs that refer to each other, each of
# them to the pair before; a table divided into parts that refers to itself by two columns.
TABLES = f"""
insert into tenancy.tenants (name) values ('provider');
insert into tenancy.tenants (id, name) values ('{TENANT}', 'leaving'), ('{OTHER}', 'other');
insert into tenancy.roles (name, read_access, write_access, updates_public, administers) values ('boss', 'all', 'all', true, true);
insert into tenancy.contacts (id, tenant_id, name, email) select id, id, 'Ada', 'ada@example.org' from tenancy.tenants where kind = 'service_provider';
insert into tenancy.users (id, db_role) select id, 'carol' from tenancy.contacts;
insert into tenancy.user_roles (user_id, role_id) select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = 'boss';
create table app.nodes (id integer primary key, tenant_id uuid not null, up integer references app.nodes);
create index on app.nodes (up);
create table app.pages (id integer primary key, tenant_id uuid not null, cover integer not null, before integer references app.pages);
create table app.pictures (id bigint primary key, tenant_id uuid not null, page integer not null references app.pages);
alter table app.pages add foreign key (cover) references app.pictures deferrable;
create index on app.pages (cover);
create index on app.pages (before);
create index on app.pictures (page);
create table app.events (day date, id integer, tenant_id uuid not null, cause_day date, cause integer, primary key (day, id),
  foreign key (cause_day, cause) references app.events) partition by range (day);
create table app.events_old partition of app.events for values from (minvalue) to ('2026-01-01');
create table app.events_new partition of app.events for values from ('2026-01-01') to (maxvalue);
create index on app.events (cause_day, cause);
create table app.copies (id bigint generated always as identity primary key, tenant_id uuid not null, up bigint references app.copies, note text);
create index on app.copies (up);
select tenancy.protect(t, 'required') from unnest('{{app.nodes,app.pages,app.pictures,app.events,app.copies}}'::regclass[]) t;
create table archive (line bigint generated always as identity primary key, content text not null);
alter table app.nodes owner to owner;
alter table app.pages owner to owner;
alter table app.pictures owner to owner;
alter table app.events owner to owner;
alter table app.copies owner to owner;
grant select, insert on app.nodes, app.pages, app.pictures, app.events, app.copies, archive to carol;
"""


class Circles(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, TABLES + f"revoke temporary on database {self.db} from public")

    def connect(self):
        """As an administrator of the service provider, who owns nothing and may not even make temporary tables."""
        connection = self.psycopg().connect(self.cluster.conninfo(self.db, "carol"), autocommit=True)
        self.addCleanup(connection.close)
        return connection

    def ask(self, sql):
        return self.cluster.psql(self.db, sql).strip()

    def fill_nodes(self, rows, tenant=TENANT, first=0):
        self.ask(f"""
            insert into app.nodes select {first} + abs(hashint4(n) % 1000) * 1000000 + n, '{tenant}', null from generate_series(1, {rows}) n;
            create temp table numbered as
              select id, row_number() over (order by hashint4(id)) as nth from app.nodes where tenant_id = '{tenant}';
            create index on numbered (nth);
            analyze numbered;
            update app.nodes r set up = p.id from numbered c join numbered p on p.nth = greatest(c.nth / 3, 1) where r.id = c.id;
            vacuum analyze app.nodes""")

    def fill_pages(self, rows, tenant=TENANT, first=0):
        self.ask(f"""begin; set constraints all deferred;
            insert into app.pages select {first} + n, '{tenant}', {first} + n, null from generate_series(1, {rows}) n;
            insert into app.pictures select {first} + n, '{tenant}', {first} + n from generate_series(1, {rows}) n; commit;
            vacuum analyze app.pages, app.pictures""")

    def fill_events(self, rows, tenant=TENANT, first=0):
        self.ask(f"""
            insert into app.events select '2025-12-01'::date + n % 60, {first} + n, '{tenant}'::uuid,
              '2025-12-01'::date + (n + 1) % 60, {first} + n + 1 from generate_series(1, {rows}) n
            union all select '2025-12-01'::date + ({rows} + 1) % 60, {first} + {rows} + 1, '{tenant}', null, null;
            vacuum analyze app.events""")

    def test_round_trip(self):
        rows = 12_000    # more than go in one statement
        self.fill_nodes(rows)
        self.fill_pages(rows)
        self.fill_events(rows)
        # pages in a chain, so that all are one set that nothing parts; and a ring
        self.ask("update app.pages set before = id - 1 where id between 2 and 11000; update app.pages set before = 11000 where id = 1")
        # another tenant's rows stay
        self.fill_nodes(100, OTHER, 10**9)
        self.fill_pages(100, OTHER, 10**6)
        self.ask("update tenancy.tenants set status = 'inactive' where name = 'leaving'")
        self.ask(f"insert into archive (content) select tenancy.export_tenant('{TENANT}')")
        gone = self.connect().execute(f"select relation::text, rows from tenancy.delete_tenant('{TENANT}') where relation::text ~ '^app'").fetchall()
        self.assertEqual(dict(gone), {"app.nodes": rows, "app.pages": rows, "app.pictures": rows, "app.events": rows + 1})
        self.assertEqual(self.ask("select (select count(*) from app.nodes), (select count(*) from app.pages), (select count(*) from app.pictures),"
                                  " (select count(*) from app.events)"), "100|100|100|0")
        self.connect().execute("select from tenancy.import_tenant('archive')")
        self.assertEqual(self.ask(f"select count(*) from archive full join tenancy.export_tenant('{TENANT}') with ordinality b (content, line) "
                                  "using (line) where archive.content is distinct from b.content and line > 1"), "0")
        self.assertEqual(self.ask("select * from tenancy.violations()"), "")
        self.assertEqual(self.ask("select count(*) from pg_class where relname ~ '^tenancy_(rows|links|batches|new_keys)'"), "0")

    def test_triggers_that_write_rows_still_to_go(self):
        """Who keeps a count in the row above: each batch changes rows of later ones."""
        self.ask("alter table app.nodes add below integer not null default 0")
        self.fill_nodes(25_000)
        self.ask("""create function app.count_down() returns trigger language plpgsql as
            'begin update app.nodes set below = below - 1 where id = old.up; return null; end';
            create trigger count_down after delete on app.nodes for each row execute function app.count_down();
            update tenancy.tenants set status = 'inactive' where name = 'leaving'""")
        gone = self.connect().execute(f"select rows from tenancy.delete_tenant('{TENANT}', '{{app.nodes}}')").fetchall()
        self.assertEqual(gone, [(25_000,)])
        # and who keeps rows from going is refused
        self.fill_nodes(25_000)
        self.ask("""create function app.keep() returns trigger language plpgsql as 'begin return null; end';
            create trigger keep before delete on app.nodes for each row when (old.up is null or old.id % 7 = 0) execute function app.keep()""")
        with self.assertRaisesRegex(self.psycopg().Error, "rows of tenant \"leaving\" are left|violates foreign key constraint"):
            self.connect().execute(f"select from tenancy.delete_tenant('{TENANT}', '{{app.nodes}}')")
        self.assertEqual(self.ask("select count(*) from app.nodes"), "25000")

    def most(self, work):
        """KiB that a new backend has at most taken for itself while it worked, more than before."""
        with self.connect() as connection:
            connection.execute("select count(*) from tenancy.tenants, tenancy.activity")
            # what PostgreSQL may take for sorting and the like does not grow with the rows, but would hide what does
            connection.execute("set work_mem = '2MB'; set hash_mem_multiplier = 1; set temp_buffers = '800kB'; set maintenance_work_mem = '1MB'")
            before = most = self.memory(connection)
            worker = threading.Thread(target=connection.execute, args=(work,))
            worker.start()
            while worker.is_alive():
                most = max(most, self.memory(connection))
                worker.join(0.02)
            return most - before

    @staticmethod
    def memory(connection):
        status = Path(f"/proc/{connection.info.backend_pid}/status").read_text()
        return int(status.partition("RssAnon:")[2].split()[0])

    def leave_and_return(self, fill, rows):
        fill(rows)
        self.ask(f"truncate archive restart identity; insert into archive (content) select tenancy.export_tenant('{TENANT}')")
        self.ask("analyze archive")
        self.ask("update tenancy.tenants set status = 'inactive' where name = 'leaving'")
        gone = self.most(f"select from tenancy.delete_tenant('{TENANT}')")
        come = self.most("select from tenancy.import_tenant('archive')")
        self.ask("truncate app.nodes, app.pages, app.pictures, app.events")
        return gone, come

    def check_memory(self, fill, rows, times):
        few, many = self.leave_and_return(fill, rows), self.leave_and_return(fill, times * rows)
        for what, little, much in zip(("delete", "import"), few, many):
            self.assertLess(much - little, MOST, f"{what}: {little} and {much} KiB")

    def test_memory_of_a_tree(self):
        # few fill what a backend remembers of the rows that were referred to
        self.check_memory(self.fill_nodes, 60_000, 4)

    def test_memory_of_circles(self):
        self.check_memory(self.fill_pages, 6_000, 10)

    def test_memory_of_copies(self):
        """From a template with a tree: each row refers to the one a third of the way to it."""
        def copied(rows):
            self.ask("truncate app.copies restart identity")
            self.ask(f"insert into app.copies (tenant_id, up, note) select '{TENANT}', nullif(n / 3, 0), n from generate_series(1, {rows}) n")
            self.ask("vacuum analyze app.copies")
            grown = self.most(f"select from tenancy.initialize_tenant('{OTHER}', '{TENANT}', '{{app.copies}}')")
            self.ask("analyze app.copies")
            self.assertEqual(self.ask(f"select count(*), count(*) filter (where u.note::bigint = c.note::bigint / 3) from app.copies c "
                                      f"left join app.copies u on u.id = c.up and u.tenant_id = c.tenant_id where c.tenant_id = '{OTHER}'"), f"{rows}|{rows - 2}")
            return grown
        few, many = copied(12_000), copied(200_000)
        self.assertLess(many - few, MOST, f"{few} and {many} KiB")
