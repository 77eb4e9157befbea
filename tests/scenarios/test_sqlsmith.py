"""Random SQL by sqlsmith, as a tenant's user: nothing crashes, no other tenant's row is shown or changed. Each round for another
kind of context, with other settings of the planner's."""

import base64
import hmac
import json
import re
import subprocess
import time

from devtools import fetch
from runner.chance import chance
from runner.scenario import Scenario

STATEMENTS = 300    # a round
MARK = "of globex only"
NUMBER = 987654321    # the same in columns of numbers
SECRET = b"a shared secret of 32 or more bytes"

# The roles that alice has, at acme: what a plan looks like differs by them. Is globex hers to see?
CONTEXTS = {
    "nobody": ([], False),
    "one tenant": (["member"], False),
    "several tenants": (["manager"], False),
    "reads one, writes several": (["poster"], False),
    "one table": (["of a module"], False),
    "one table, and more of others": (["of a module", "poster"], False),
    "all tenants": (["reader of all"], True),
    "all tenants, and writes them": (["writer of all"], True),
}
# Each is thrown for in each round.
SETTINGS = ("plan_cache_mode = force_generic_plan", "enable_partitionwise_join = on", "enable_partitionwise_aggregate = on",
            "{parallel} = on", "parallel_setup_cost = 0", "min_parallel_table_scan_size = 0",
            "enable_seqscan = off", "enable_hashjoin = off", "enable_nestloop = off", "enable_memoize = off",
            "constraint_exclusion = on", "default_transaction_isolation = 'repeatable read'")



def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims):
    """A token for these claims."""
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "key"}, claims)]
    return ".".join([*parts, encoded(hmac.digest(SECRET, ".".join(parts).encode(), "sha256"))])


SETUP = f"""
insert into tenancy.tenants (name, allows_subtenants) values ('provider', false), ('acme', true), ('globex', false);
insert into tenancy.tenants (name, parent_id) select 'acme ' || g, id from tenancy.tenants, generate_series(1, 3) g where name = 'acme';
insert into tenancy.contacts (tenant_id, name, email) select id, name, replace(name, ' ', '') || '@example.org' from tenancy.tenants where kind = 'tenant';
insert into tenancy.users (id, db_role) select id, 'alice' from tenancy.contacts where name = 'acme';
insert into tenancy.roles (name, read_access, write_access) values ('manager', 'home_subtenants', 'same_as_read'),
  ('poster', 'home', 'home_subtenants'), ('of a module', 'home_relatedtenants', 'home'), ('reader of all', 'all', 'none'),
  ('writer of all', 'all', 'all');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('key', 'HS256', '{{"kty": "oct", "k": "{encoded(SECRET)}"}}');
create table app.vendor (id integer primary key, tenant_id uuid, name text, code integer);
create table app.item (id bigint primary key, tenant_id uuid not null, vendor integer references app.vendor, name text, price numeric,
  tags text[], data jsonb, at timestamptz);
create table app.log (id bigint, tenant_id uuid not null, item bigint references app.item, note text, day date) partition by range (day);
create table app.log_old partition of app.log for values from (minvalue) to ('2026-01-01');
create table app.log_new partition of app.log for values from ('2026-01-01') to (maxvalue);
create table app.event (id integer, number bigint not null, item bigint, name text) partition by list (number);
create table app.event_some partition of app.event for values in (1, 2, 3, 4) partition by hash (id);
create table app.event_even partition of app.event_some for values with (modulus 2, remainder 0);
create table app.event_odd partition of app.event_some for values with (modulus 2, remainder 1);
create table app.event_rest partition of app.event default;
create table app.paper (id integer, tenant_id uuid, title text);
create table app.poster (size integer) inherits (app.paper);
create index on app.event (id, number);
create index on app.item (at, tenant_id);
create table app.colour (name text primary key, rgb integer);
insert into app.colour values ('red', 255);
select from tenancy.protect('app.vendor', 'optional');
select from tenancy.protect('app.item', 'required');
select from tenancy.protect('app.log', 'required');
select from tenancy.protect('app.event', 'required', 'number');
select from tenancy.protect('app.paper', 'optional');
select from tenancy.protect('app.colour', 'untenanted');
insert into tenancy.modules (name) values ('items');
insert into tenancy.module_tables select id, 'app.item' from tenancy.modules;
insert into tenancy.role_modules (role_id, module_id) select r.id, m.id from tenancy.roles r, tenancy.modules m where r.name = 'of a module';
insert into app.vendor values (1, null, 'everybody''s', 1);
insert into app.vendor select 2, id, '{MARK}', {NUMBER} from tenancy.tenants where name = 'globex';
insert into app.item
  select g + case t.name when 'globex' then {NUMBER} else 0 end, t.id, 1, case t.name when 'globex' then '{MARK}' else 'x' end,
    case t.name when 'globex' then {NUMBER} else 1 end, array[case t.name when 'globex' then '{MARK}' else 'y' end],
    jsonb_build_object('of', case t.name when 'globex' then '{MARK}' else 'z' end), now()
  from tenancy.tenants t, generate_series(1, 20) g where t.name in ('acme', 'globex');
insert into app.log select id, tenant_id, id, name, date '2025-12-25' + (id % 20)::integer from app.item;
insert into app.event select i.id % 1000, t.number, i.id, i.name from app.item i join tenancy.tenants t on t.id = i.tenant_id;
insert into app.poster select id % 1000, tenant_id, name, case tenant_id when (select id from tenancy.tenants where name = 'globex') then {NUMBER} else 1 end
  from app.item;
create view app.all_texts with (security_invoker) as select tenant_id, name from app.item union all select tenant_id, note from app.log
  union all select tenant_id, title from app.paper;
create view app.priced with (security_invoker) as select i.*, v.name as vendor_name from app.item i join app.vendor v on v.id = i.vendor;
grant all on all tables in schema app to alice, app;
analyze;
"""

OTHERS = """
select v from app.vendor v where tenant_id is null or code = {n} order by id;
select i from app.item i join tenancy.tenants t on t.id = i.tenant_id where t.name = 'globex' order by i.id;
select l from app.log l join tenancy.tenants t on t.id = l.tenant_id where t.name = 'globex' order by l.id;
select e from app.event e join tenancy.tenants t using (number) where t.name = 'globex' order by e.id;
select p from app.poster p join tenancy.tenants t on t.id = p.tenant_id where t.name = 'globex' order by p.id;
select t.id, t.name, t.status, t.parent_id from tenancy.tenants t order by 2;
select relation, kind, tenant_column from tenancy.protection order by 1;
select 'violation', relation, rule, key from tenancy.violations();
""".replace("{n}", str(NUMBER))

GIVE = """
delete from tenancy.user_roles;
insert into tenancy.user_roles (user_id, role_id)
  select u.id, r.id from tenancy.users u, tenancy.roles r where u.db_role = 'alice' and r.name in ({roles});
"""


class Sqlsmith(Scenario):
    @chance(seconds=1)
    def test_tenants_user(self, dice):
        own = self.start_cluster(name="sqlsmith")
        own.createdb("smith", template="tenancy_template")
        own.psql("smith", SETUP)
        before = own.psql("smith", OTHERS)
        self.assertIn(MARK, before)
        for _ in dice.rounds():
            context = dice.choice(list(CONTEXTS))
            roles, sees_all = CONTEXTS[context]
            own.psql("smith", GIVE.format(roles=", ".join(f"'{role}'" for role in ["none of them", *roles])))
            statements = self.statements(own, dice.randrange(10 ** 6))
            self.assertGreater(len(statements), STATEMENTS // 2, "sqlsmith made few statements")
            with self.session(own, dice) as session:
                outcomes = self.run_all(session, statements, sees_all)
            self.assertGreater(outcomes["done"], 0, f"not one of them ran, {context}: {outcomes}")
            self.assertEqual(own.psql("smith", OTHERS), before, f"others' rows changed, {context}")
            self.assertEqual(re.findall(r".*(?:terminated by signal|PANIC).*", own.log.read_text()), [])
            dice.cases += len(statements)

    def session(self, own, dice):
        """Alice, by her login, or by a token in a session of the application's; with some settings."""
        token = dice.random() < 0.3
        parallel = "debug_parallel_query" if own.major >= 16 else "force_parallel_mode"
        session = self.psycopg().connect(own.conninfo("smith", "app" if token else "alice"), autocommit=True)
        if token:
            user = own.psql("smith", "select id from tenancy.users where db_role = 'alice'").strip()
            session.execute("select set_config('tenancy.token', %s, false)", [signed({"sub": user, "exp": int(time.time()) + 3600})])
        for setting in SETTINGS:
            if dice.random() < 0.3:
                session.execute(f"set {setting.format(parallel=parallel)}")
        session.execute("set statement_timeout = 1000")
        return session

    def statements(self, own, seed):
        """What sqlsmith makes of the tables and functions that alice sees, not run by itself: it does not look at results."""
        program, libraries = fetch.debian_program("sqlsmith")
        environment = own.environment("alice") | {"LD_LIBRARY_PATH": ":".join(map(str, libraries))}
        command = [program, "--target=" + own.conninfo("smith", "alice"), "--dry-run", f"--max-queries={STATEMENTS}",
                   f"--seed={seed}", "--exclude-catalog"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return [text.strip() for text in done.stdout.split(";\n") if text.strip()]

    def run_all(self, session, statements, sees_all):
        """Runs each and looks for what is globex's in all that comes back, errors included. Who sees all leaves no trace."""
        error_of, outcomes = self.psycopg().Error, {"done": 0, "failed": 0}
        for text in statements:
            try:
                with session.transaction(force_rollback=sees_all):
                    cursor = session.execute(text, prepare=True)
                    shown = repr(cursor.fetchall()) if cursor.description else ""
                outcomes["done"] += 1
            except error_of as error:
                self.assertFalse(session.broken, f"the server is gone after {text}")
                ours = (error.diag.source_file or "").endswith(".rs")
                self.assertFalse(ours and error.sqlstate == "XX000", f"{error} after {text}")
                shown = f"{error} {error.diag.message_detail} {error.diag.context}".replace(text, "")
                outcomes["failed"] += 1
            if not sees_all:
                self.assertNotIn(MARK, shown, text)
                self.assertNotRegex(shown, rf"\b{str(NUMBER)[:7]}\d\d\b", text)
        return outcomes
