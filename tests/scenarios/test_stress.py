"""Many sessions that insert, move and delete at random, at mixed isolation levels: no interleaving breaks a reference."""

from runner.chance import chance
from scenarios import many_sessions

SECONDS = 15
TENANTS = 12
KEYS = 40

SETUP = f"""{many_sessions.setup(TENANTS)}
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
NUMBERS = {"n": TENANTS, "m": TENANTS, "k": KEYS, "l": KEYS, "p": 40, "q": 40}
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
BROKEN = f"""
with recursive {many_sessions.ABOVE},
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


class Stress(many_sessions.ManySessions):
    @chance(seconds=SECONDS)
    def test_references(self, dice):
        db = self.database()
        self.cluster.psql(db, SETUP)
        outcomes = self.work_at_once(db, dice, (ANYBODY, SUPERUSER), NUMBERS)
        said = str(dict(outcomes))
        self.assertEqual(self.cluster.psql(db, BROKEN), "", said)
        self.assertEqual(self.cluster.psql(db, "select * from tenancy.violations()"), "", said)
        # it was a test only if much of it went through, and much of it met
        self.assertGreater(outcomes["committed"], 100, said)
        self.assertGreater(outcomes["prepared"], 5, said)
        self.assertGreater(outcomes["23503"], 10, said)
        self.assertGreater(outcomes["23001"], 0, said)
