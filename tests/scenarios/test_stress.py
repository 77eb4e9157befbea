"""Many sessions that insert, move and delete at random, at mixed isolation levels: no interleaving breaks a reference."""

import collections
import random
import threading
import time

from runner.chance import chance
from runner.scenario import Scenario

SECONDS = 15
SESSIONS = 8
TENANTS = 12
KEYS = 40

# what may happen to a transaction: it lost a race, or it was refused
EXPECTED = {
    "40001": "could not serialize",
    "40P01": "deadlock",
    "23001": "referring rows forbid it",
    "23503": "may not refer, or nothing there",
    "23505": "key taken",
    "23514": "a circle in the hierarchy",
    "42501": "ON CONFLICT met a hidden row",
    "55000": "the hierarchy does not allow it",
    "55P03": "a lock was not to be had",
}

SETUP = f"""
update tenancy.installation set max_depth = 0;
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, allows_subtenants) select 't' || n, true from generate_series(1, {TENANTS}) n;
create table app.tenant as select row_number() over (order by name) as n, id from tenancy.tenants where kind = 'tenant';
create table app.parent (id integer primary key, tenant_id uuid, note text);
create table app.child (id bigint generated always as identity primary key, tenant_id uuid not null,
  parent integer references app.parent, later integer references app.parent deferrable initially deferred,
  provider integer constraint provider references app.parent, note text);
create table app.part (id integer, tenant_id uuid not null, parent integer references app.parent, up integer references app.part,
  primary key (id)) partition by range (id);
create table app.part_low partition of app.part for values from (minvalue) to (20);
create table app.part_high partition of app.part for values from (20) to (maxvalue);
create index on app.child (parent);
create index on app.child (later);
create index on app.child (provider);
select from tenancy.protect('app.parent', 'optional');
select from tenancy.protect('app.child', 'required');
select from tenancy.protect('app.part', 'required');
insert into app.parent select n, (select id from app.tenant where tenant.n = 1 + g.n % {TENANTS}) from generate_series(1, {KEYS}) g (n);
grant all on all tables in schema app to app;
grant execute on function tenancy.enter_tenant to app;
"""

# {t}, {u}: tenants; {k}, {l}: keys of parents; {p}, {q}: keys of parts
TENANT = "(select id from app.tenant where n = {%s})"
ANYBODY = [
    "insert into app.child (tenant_id, parent) values ({t}, {k})",
    "insert into app.child (tenant_id, parent, later) values ({t}, null, {k})",
    "insert into app.child (tenant_id, provider) values ({t}, {k})",
    "insert into app.child (tenant_id, later) values ({t}, {k}) returning id; update app.child set note = 'again' where later = {k}",
    "update app.child set parent = {k} where parent = {l}",
    "update app.child set later = {k} where later = {l}",
    "update app.child set note = 'x' where parent = {k}",
    "delete from app.child where parent = {k}",
    "delete from app.child where later = {k} or provider = {k}",
    "insert into app.part values ({p}, {t}, {k}, null) on conflict (id) do update set parent = excluded.parent",
    "insert into app.part values ({p}, {t}, null, {q}) on conflict (id) do update set up = excluded.up",
    "delete from app.part where id = {p}",
    "set constraints all immediate",
    "savepoint s; insert into app.child (tenant_id, later) values ({t}, {k}); rollback to s",
]
SUPERUSER = ANYBODY + [
    "update app.child set tenant_id = {t} where parent = {k}",
    "update app.child set tenant_id = {t} where later = {k}",
    "update app.parent set tenant_id = {t} where id = {k}",
    "update app.parent set tenant_id = {t} where id = {k}; update app.parent set note = 'again' where id = {k}",
    "update app.parent set tenant_id = null where id = {k}",
    "update app.parent set tenant_id = (select id from tenancy.tenants where kind = 'service_provider') where id = {k}",
    "insert into app.parent values ({k}, {t}) on conflict (id) do nothing",
    "delete from app.parent where id = {k}",
    "with freed as (delete from app.parent where id = {k} returning id) insert into app.parent select id, {t} from freed",
    "update app.part set tenant_id = {t} where id = {p}",
    "update app.part_low set tenant_id = {t}, parent = {k} where id = {p}",
    "update app.part set id = {q} where id = {p}",
    "update tenancy.tenants set parent_id = {t} where id = {u}",
    "update tenancy.tenants set parent_id = null where id = {u}",
    "select from tenancy.set_reference_rule('app.child', 'provider', service_provider_eligible => true)",
    "select from tenancy.set_reference_rule('app.child', 'provider', service_provider_eligible => false)",
]

# said once more in plain words, apart from the extension's own violations()
BROKEN = """
with recursive above (id, above_id) as (
  select id, id from tenancy.tenants
  union all
  select above.id, t.parent_id from above join tenancy.tenants t on t.id = above.above_id where t.parent_id is not null
),
reference (what, child, parent, eligible) as (
  select 'parent', c.tenant_id, p.tenant_id, false from app.child c join app.parent p on p.id = c.parent
  union all
  select 'later', c.tenant_id, p.tenant_id, false from app.child c join app.parent p on p.id = c.later
  union all
  select 'provider', c.tenant_id, p.tenant_id, r.service_provider_eligible from app.child c join app.parent p on p.id = c.provider
    join tenancy.reference_rules r on r.constraint_name = 'provider'
  union all
  select 'part', c.tenant_id, p.tenant_id, false from app.part c join app.parent p on p.id = c.parent
  union all
  select 'up', c.tenant_id, p.tenant_id, false from app.part c join app.part p on p.id = c.up
)
select what, child, parent from reference r
where parent is not null
  and not exists (select from above a where a.id = r.child and a.above_id = r.parent)
  and not (eligible and parent = (select id from tenancy.tenants where kind = 'service_provider'))
"""


class Stress(Scenario):
    @chance(seconds=SECONDS)
    def test_references(self, dice):
        db = self.database()
        self.cluster.psql(db, SETUP)
        self.cluster.psql(db, f'alter database "{db}" set deadlock_timeout = 20')
        outcomes, unexpected = collections.Counter(), []
        until = time.monotonic() + dice.seconds
        threads = [threading.Thread(target=self.work, args=(db, dice.first + n, until, outcomes, unexpected)) for n in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        dice.cases, said = sum(outcomes.values()), str(dict(outcomes))
        self.assertEqual(unexpected[:5], [], said)
        self.assertEqual(self.cluster.psql(db, BROKEN), "", said)
        self.assertEqual(self.cluster.psql(db, "select * from tenancy.violations()"), "", said)
        # it was a test only if much of it went through, and much of it met
        self.assertGreater(outcomes["committed"], 100, said)
        self.assertGreater(outcomes["23503"], 10, said)
        self.assertGreater(outcomes["23001"], 0, said)

    def work(self, db, seed, until, outcomes, unexpected):
        pg, dice = self.psycopg(), random.Random(seed)
        user = dice.choice(("app", "postgres", "postgres"))
        with pg.connect(self.cluster.conninfo(db, user), autocommit=True) as connection:
            while time.monotonic() < until:
                level = dice.choice(("read committed", "repeatable read", "serializable"))
                statements = []
                try:
                    connection.execute(f"begin isolation level {level}")
                    if user == "app":
                        statements.append("enter")
                        connection.execute("select tenancy.enter_tenant(" + self.filled(TENANT % "n", dice) + ")")
                    for _ in range(dice.randint(1, 4)):
                        words = dice.choice(ANYBODY if user == "app" else SUPERUSER)
                        if user == "app":
                            words = words.replace("{t}", "tenancy.current_tenant()")
                        statements.append(self.filled(words, dice))
                        connection.execute(statements[-1])
                        if dice.random() < 0.3:
                            time.sleep(dice.random() / 50)
                    connection.execute("commit")
                    outcomes["committed"] += 1
                except pg.Error as error:
                    outcomes[error.sqlstate] += 1
                    if error.sqlstate not in EXPECTED:
                        unexpected.append((error.sqlstate, str(error), level, user, statements))
                        if connection.closed:
                            return
                    connection.execute("rollback")

    @staticmethod
    def filled(words, dice):
        words = words.replace("{t}", TENANT % "n").replace("{u}", TENANT % "m")
        # only to the first few tenants, so that transactions meet
        return words.format(n=dice.randint(1, TENANTS), m=dice.randint(1, TENANTS), k=dice.randint(1, KEYS), l=dice.randint(1, KEYS),
                            p=dice.randint(1, 40), q=dice.randint(1, 40))
