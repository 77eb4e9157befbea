"""Logical replication carries our tables: what the publisher has checked arrives, and sessions there hear of it."""

import time

from devtools import say
from runner.scenario import Scenario

TABLES = ("tenants", "contacts", "users", "custom_groups", "system_group_texts", "tenant_group_members", "roles", "user_roles")
STATE = "\n".join(f"select '{table}', t from tenancy.{table} t order by t::text collate \"C\";" for table in TABLES)
ACME, GLOBEX = "a0000000-0000-0000-0000-000000000000", "b0000000-0000-0000-0000-000000000000"


class TenancyReplication(Scenario):
    def settled(self, publisher, subscriber):
        """Both have the same, after at most some seconds; gives what the publisher has."""
        until = time.monotonic() + 60
        while True:
            wanted, got = (self.cluster.psql(db, STATE) for db in (publisher, subscriber))
            if wanted == got:
                return wanted
            if time.monotonic() > until:
                self.assertEqual(wanted, got)
            time.sleep(0.2)

    def subscribe(self, publisher, subscriber):
        slot = publisher[:60]
        self.cluster.psql(publisher, f"create publication p for table {', '.join('tenancy.' + table for table in TABLES)};"
                                     f" select pg_create_logical_replication_slot('{slot}', 'pgoutput')")
        self.cluster.psql(subscriber, f"create subscription {slot} connection '{self.cluster.conninfo(publisher)}' publication p"
                                      f" with (create_slot = false, slot_name = '{slot}')")
        self.addCleanup(self.unsubscribe, subscriber, slot)

    def unsubscribe(self, subscriber, subscription):
        """Once all tables have their first rows: a table that is about to be copied waits for the end of all transactions to have
        its slot, that of DROP SUBSCRIPTION included, which waits for the slot."""
        self.until(subscriber, "select bool_and(srsubstate = 'r') from pg_subscription_rel")
        self.cluster.psql(subscriber, f"drop subscription {subscription}")

    def test_first_rows_and_changes(self):
        publisher, subscriber = self.database("_from"), self.database("_to")
        # some rows are there before, so that they are copied; the rest are changes
        self.cluster.psql(publisher, """
            insert into tenancy.tenants (name, allows_subtenants) values ('provider', true), ('other', true);
            insert into tenancy.tenants (name, parent_id, allows_subtenants) select 'de', id, true from tenancy.tenants where name = 'provider';
            update tenancy.tenants set name = 'unsorted' where kind = 'default';
            update tenancy.roles set description = 'reads and writes at home' where name = 'member';
            insert into tenancy.tenant_groups (name) values ('pilots');
            insert into tenancy.tenant_group_members (group_id, tenant_id)
            select g.id, t.id from tenancy.tenant_groups g, tenancy.tenants t where g.name = 'pilots' and t.name = 'provider';
        """)
        self.subscribe(publisher, subscriber)
        self.settled(publisher, subscriber)
        self.cluster.psql(publisher, """
            insert into tenancy.tenants (name, parent_id) select 'by', id from tenancy.tenants where name = 'de';
            insert into tenancy.contacts (tenant_id, name, email) select id, name, name || '@example.org' from tenancy.tenants where name in ('de', 'by');
            insert into tenancy.users (id) select id from tenancy.contacts;
            update tenancy.users set db_role = 'carol' where id = (select id from tenancy.contacts where name = 'de');
            insert into tenancy.user_roles select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = 'member';
            update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'other') where name = 'de';
            update tenancy.tenants set parent_id = null where name = 'de';
            update tenancy.tenants set status = 'inactive', contact_id = (select id from tenancy.contacts where name = 'de') where name = 'by';
            update tenancy.tenant_groups set name = 'Germany' where name = 'de_subtenants';
            update tenancy.tenant_groups set description = 'go first' where name = 'pilots';
            delete from tenancy.tenant_group_members where tenant_id = (select id from tenancy.tenants where name = 'de');
            update tenancy.contacts set tenant_id = (select id from tenancy.tenants where name = 'other') where name = 'by';
            insert into tenancy.roles (name, read_access) values ('auditor', 'all');
            delete from tenancy.tenants where name = 'by';
        """)
        self.assertIn("auditor", self.settled(publisher, subscriber))
        # a session that knew what it may read hears of the change
        ask = "select count(*) from tenancy.tenants;"
        psycopg = self.psycopg()
        with psycopg.connect(self.cluster.conninfo(subscriber, "carol"), autocommit=True) as carol:
            self.assertEqual(carol.execute(ask).fetchone(), (1,))
            self.cluster.psql(publisher, "update tenancy.tenants set status = 'inactive' where name = 'de'")
            self.settled(publisher, subscriber)
            self.assertEqual(carol.execute(ask).fetchone(), (0,))

    def test_rows_that_refer_to_others(self):
        """While changes are applied, triggers are off that are not ALWAYS: by hand (rolled) a row arrives that refers to another
        tenant's, ours is refused."""
        publisher, subscriber = self.database("_from"), self.database("_to")
        for database in (publisher, subscriber):
            self.cluster.psql(database, """
                create table app.rolled (id integer primary key, tenant_id uuid not null, parent integer references app.rolled);
                create table app.ours (id integer primary key, tenant_id uuid not null, parent integer references app.ours);
                grant select on app.rolled, app.ours to app""")
        self.cluster.psql(subscriber, """
            insert into tenancy.tenants (id, name) values ('10000000-0000-0000-0000-000000000000', 'provider'),
              ('a0000000-0000-0000-0000-000000000000', 'acme'), ('b0000000-0000-0000-0000-000000000000', 'globex');
            select from tenancy.protect('app.ours', 'required');
            create function app.check_rolled() returns trigger language plpgsql as $$ begin
              if exists (select from app.rolled p where p.id = new.parent and p.tenant_id <> new.tenant_id) then raise 'not your row'; end if;
              return new;
            end $$;
            create trigger check_rolled before insert or update on app.rolled for each row execute function app.check_rolled();
        """)
        rows = "values (1, 'a0000000-0000-0000-0000-000000000000', null), (2, 'b0000000-0000-0000-0000-000000000000', 1)"
        for table, words in (("rolled", "not your row"), ("ours", "may not refer to this row")):
            with self.assertRaises(say.Failure) as refused:
                self.cluster.psql(subscriber, f"insert into app.{table} {rows}")
            self.assertIn(words, str(refused.exception))
            slot = f"{publisher}_{table}"[-60:]
            self.cluster.psql(publisher, f"create publication {table} for table app.{table};"
                                         f" select pg_create_logical_replication_slot('{slot}', 'pgoutput')")
            self.cluster.psql(subscriber, f"create subscription {slot} connection '{self.cluster.conninfo(publisher)}'"
                                          f" publication {table} with (create_slot = false, slot_name = '{slot}', copy_data = false)")
            self.addCleanup(self.unsubscribe, subscriber, slot)
            self.cluster.psql(publisher, f"insert into app.{table} {rows}")
        self.until(subscriber, "select count(*) = 2 from app.rolled")
        self.until(subscriber, "select apply_error_count > 0 from pg_stat_subscription_stats where subname ~ 'ours'")
        self.assertEqual(self.cluster.psql(subscriber, "select count(*) from app.ours"), "0\n")

    def test_one_tenants_rows(self):
        """A tenant's rows by a row filter, to tables of an owner whom row security binds: changes are applied with rights that it does
        not bind, or not at all. From 16 on PostgreSQL takes the owner's, unless the subscription says otherwise."""
        publisher, subscriber = self.database("_from"), self.database("_to")
        for database in (publisher, subscriber):
            self.cluster.psql(database, f"""
                insert into tenancy.tenants (id, name) values ('10000000-0000-0000-0000-000000000000', 'provider'),
                  ('{ACME}', 'acme'), ('{GLOBEX}', 'globex');
                grant create on database "{database}" to owner;
                set role owner;
                create table app.notes (id integer primary key, tenant_id uuid not null, up integer references app.notes);
                select from tenancy.protect('app.notes', 'required');
                alter table app.notes replica identity full""")
        self.cluster.psql(publisher, f"insert into app.notes values (1, '{ACME}', null), (2, '{GLOBEX}', null), (3, '{ACME}', 1)")
        self.cluster.psql(publisher, f"create publication acme for table app.notes where (tenant_id = '{ACME}')", "owner")
        slot = publisher[-60:]
        self.cluster.psql(publisher, f"select pg_create_logical_replication_slot('{slot}', 'pgoutput')")
        self.cluster.psql(subscriber, f"create subscription {slot} connection '{self.cluster.conninfo(publisher)}'"
                                      f" publication acme with (create_slot = false, slot_name = '{slot}')")
        self.addCleanup(self.unsubscribe, subscriber, slot)
        if self.major >= 16:
            self.until(subscriber, "select sync_error_count > 0 from pg_stat_subscription_stats")
            self.assertEqual(self.cluster.psql(subscriber, "select count(*) from app.notes"), "0\n")
            self.cluster.psql(subscriber, f"alter subscription {slot} set (run_as_owner = true)")
        self.until(subscriber, "select count(*) = 2 from app.notes")
        self.until(subscriber, "select bool_and(srsubstate = 'r') from pg_subscription_rel")
        # a row comes, one goes to another tenant, one comes from another, one is another tenant's
        self.cluster.psql(publisher, f"""
            insert into app.notes values (4, '{ACME}', 1), (5, '{GLOBEX}', 2), (6, '{GLOBEX}', null);
            update app.notes set tenant_id = '{GLOBEX}', up = null where id = 3;
            update app.notes set tenant_id = '{ACME}' where id = 6""")
        self.until(subscriber, "select string_agg(id::text, ' ' order by id) = '1 4 6' from app.notes")
        self.assertEqual(self.cluster.psql(subscriber, "select distinct tenant_id from app.notes"), f"{ACME}\n")
        self.cluster.psql(publisher, "truncate app.notes")
        self.until(subscriber, "select count(*) = 0 from app.notes")
        self.assertEqual(self.cluster.psql(subscriber, "select * from tenancy.violations()"), "")

    def until(self, database, question):
        until = time.monotonic() + 60
        while self.cluster.psql(database, question).strip() != "t":
            self.assertLess(time.monotonic(), until, question)
            time.sleep(0.2)

    def test_empty_publisher(self):
        publisher, subscriber = self.database("_from"), self.database("_to")
        self.subscribe(publisher, subscriber)
        self.settled(publisher, subscriber)
        self.cluster.psql(publisher, "insert into tenancy.tenants (name, allows_subtenants) values ('provider', true), ('other', true)")
        self.assertIn("provider", self.settled(publisher, subscriber))
