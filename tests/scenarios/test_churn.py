"""Writers beside all that changes tables: protect, release, mend, partitions that are made, attached, detached and dropped, tenants that
are deactivated. Locks are taken in one order, so that none of it ends in a deadlock; the same
by hand, on tables with foreign keys and policies of one's own, is the measure for the writers."""

import collections
import random
import threading
import time

from runner.chance import chance
from runner.scenario import Scenario

SECONDS = 12
WRITERS = 20
TENANTS = 8

TABLES = """
create table app.parent (id bigint generated always as identity primary key, tenant_id uuid not null, note text);
create table app.child (id bigint generated always as identity primary key, tenant_id uuid not null,
  parent bigint references app.parent, note text);
create table app.loose (id bigint generated always as identity primary key, tenant_id uuid not null,
  parent bigint references app.parent, note text);
create table app.part (id bigint generated always as identity, tenant_id uuid not null, day integer not null) partition by list (day);
create table app.part_0 partition of app.part for values in (0);
"""

OURS = f"""
insert into tenancy.tenants (name) values ('provider');
insert into tenancy.tenants (name, allows_subtenants) select 't' || n, true from generate_series(1, {TENANTS}) n;
create view app.tenants as select id, name from tenancy.tenants where kind = 'tenant';
{TABLES}
select tenancy.protect(t, 'required') from unnest('{{app.parent,app.child,app.loose,app.part}}'::regclass[]) t;
grant execute on function tenancy.enter_tenant to app;
create function app.acting() returns uuid language sql return tenancy.current_tenant();
create procedure app.enter(who uuid) language plpgsql as $$ begin perform tenancy.enter_tenant(who); end $$;
create procedure app.release(t regclass) language plpgsql as $$ begin perform tenancy.release(t); end $$;
create procedure app.protect(t regclass) language plpgsql as $$ begin perform tenancy.protect(t, 'required'); end $$;
create procedure app.mend(t regclass) language plpgsql as $$ begin perform tenancy.mend(t); end $$;
create procedure app.switch(who text, to_status text) security definer language sql as $$
  update tenancy.tenants set status = to_status where name = who $$;
"""

BY_HAND = f"""
create table app.tenants (id uuid primary key default gen_random_uuid(), name text unique, above uuid, status text default 'active');
insert into app.tenants (name) select 't' || n from generate_series(1, {TENANTS}) n;
{TABLES}
create function app.acting() returns uuid language sql return current_setting('app.tenant')::uuid;
create procedure app.enter(who uuid) language plpgsql as $$
  begin
    perform from app.tenants where id = who and status = 'active';
    perform set_config('app.tenant', who::text, true);
  end $$;
create procedure app.release(t regclass) language plpgsql as $$
  begin
    execute format('drop policy own on %s', t);
    execute format('alter table %s disable row level security', t);
    execute format('alter table %s drop constraint of_tenant', t);
  end $$;
create procedure app.protect(t regclass) language plpgsql as $$
  begin
    execute format('alter table %s add constraint of_tenant foreign key (tenant_id) references app.tenants', t);
    execute format('alter table %s enable row level security', t);
    execute format('create policy own on %s using (tenant_id = current_setting(''app.tenant'')::uuid)', t);
    execute format('alter table %s alter column tenant_id set default current_setting(''app.tenant'')::uuid', t);
  end $$;
create procedure app.mend(t regclass) language plpgsql as $$ begin call app.release(t); call app.protect(t); end $$;
create procedure app.switch(who text, to_status text) security definer language sql as $$
  update app.tenants set status = to_status where name = who $$;
call app.protect('app.parent');
call app.protect('app.child');
call app.protect('app.loose');
call app.protect('app.part');
"""

GRANTS = """
grant select on app.tenants to app;
grant all on app.parent, app.child, app.loose, app.part to app;
grant all on all sequences in schema app to app;
"""

# in the order in which applications write: what is referred to before what refers to it
WRITES = [
    "insert into app.parent (note) values ('new')",
    "insert into app.child (parent) select max(id) from app.parent",
    "insert into app.loose (parent, tenant_id) select max(id), app.acting() from app.parent where note = 'new'",
    "insert into app.part (day) values (0)",
    "select count(*) from app.loose",
]

CHANGES = {
    "release and protect": ["call app.release('app.loose')", "call app.protect('app.loose')"],
    "mend": ["call app.mend('app.child')"],
    "partitions": [
        "create table app.part_1 partition of app.part for values in (1)",
        "alter table app.part detach partition app.part_1",
        "alter table app.part attach partition app.part_1 for values in (2)",
        "alter table app.part detach partition app.part_1",
        "drop table app.part_1",
        "create table app.part_2 partition of app.part for values in (3)",
        "drop table app.part_2",
    ],
    "tenants": ["call app.switch('t3', 'inactive')", "call app.switch('t3', 'active')"],
}

# a writer of a tenant that is deactivated before or while he writes; where nobody acts, and the table is just released, he has none
REFUSED = {"28000", "42501", "23502"}


class Churn(Scenario):
    @chance(seconds=SECONDS)
    def test_locks_in_one_order(self, dice):
        ours, by_hand = self.churn("_ours", OURS, dice), self.churn("_by_hand", BY_HAND, dice)
        said = f"ours {dict(ours)}, by hand {dict(by_hand)}"
        dice.cases = sum(ours.values())
        for what in CHANGES:
            self.assertEqual(ours[what, "40P01"], 0, said)
            self.assertGreater(ours[what, None], 2, said)
        self.assertLessEqual(ours["writer", "40P01"], by_hand["writer", "40P01"], said)
        self.assertGreater(ours["writer", None], 100, said)
        others = {code for _, code in ours if code not in REFUSED | {None, "40P01"}}
        self.assertEqual(others, set(), said)

    def churn(self, suffix, setup, dice):
        """How many transactions of writers, and of each kind of change, ended how."""
        db = self.database(suffix)
        self.cluster.psql(db, setup + GRANTS)
        self.cluster.psql(db, f'alter database "{db}" set deadlock_timeout = 100')
        self.until, self.outcomes = time.monotonic() + dice.seconds / 2, collections.Counter()
        tenants = self.cluster.psql(db, "select id from app.tenants where name like 't%'").split()
        works = [(self.change, db, what) for what in CHANGES]
        works += [(self.write, db, random.Random(dice.first + n), tenants) for n in range(WRITERS)]
        threads = [threading.Thread(target=work, args=args) for work, *args in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.outcomes

    def note(self, what, work):
        pg = self.psycopg()
        try:
            work()
            self.outcomes[what, None] += 1
        except pg.Error as error:
            self.outcomes[what, error.sqlstate] += 1
            return False
        return True

    def change(self, db, what):
        with self.psycopg().connect(self.cluster.conninfo(db), autocommit=True) as connection:
            while time.monotonic() < self.until:
                for command in CHANGES[what]:
                    # what was begun is brought to its end, so that the next round begins as this one did
                    while not self.note(what, lambda: connection.execute(command)):
                        pass
                time.sleep(0.02)

    def write(self, db, dice, tenants):
        with self.psycopg().connect(self.cluster.conninfo(db, "app"), autocommit=True) as connection:
            while time.monotonic() < self.until:
                first = dice.randrange(len(WRITES))

                def work():
                    with connection.transaction():
                        connection.execute("call app.enter(%s)", [dice.choice(tenants)])
                        for words in WRITES[first:first + dice.randint(1, 3)]:
                            connection.execute(words)
                            time.sleep(dice.random() / 200)
                self.note("writer", work)
