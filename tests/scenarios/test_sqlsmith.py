"""Random SQL by sqlsmith, as a tenant's user: nothing crashes, no other tenant's row is shown or changed."""

import re
import subprocess

from devtools import fetch
from runner.chance import chance
from runner.scenario import Scenario

STATEMENTS = 300    # a round
MARK = "of globex only"
NUMBER = 987654321    # the same in columns of numbers

SETUP = f"""
insert into tenancy.tenants (name) values ('provider'), ('acme'), ('globex');
insert into tenancy.contacts (tenant_id, name, email) select id, name, name || '@example.org' from tenancy.tenants where kind = 'tenant';
insert into tenancy.users (id, db_role) select id, 'alice' from tenancy.contacts where name = 'acme';
insert into tenancy.user_roles (user_id, role_id)
  select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = 'member';
create table app.vendor (id integer primary key, tenant_id uuid, name text, code integer);
create table app.item (id bigint primary key, tenant_id uuid not null, vendor integer references app.vendor, name text, price numeric,
  tags text[], data jsonb, at timestamptz);
create table app.log (id bigint, tenant_id uuid not null, item bigint references app.item, note text, day date) partition by range (day);
create table app.log_old partition of app.log for values from (minvalue) to ('2026-01-01');
create table app.log_new partition of app.log for values from ('2026-01-01') to (maxvalue);
create table app.colour (name text primary key, rgb integer);
insert into app.colour values ('red', 255);
select from tenancy.protect('app.vendor', 'optional');
select from tenancy.protect('app.item', 'required');
select from tenancy.protect('app.log', 'required');
select from tenancy.protect('app.colour', 'untenanted');
insert into app.vendor values (1, null, 'everybody''s', 1);
insert into app.vendor select 2, id, '{MARK}', {NUMBER} from tenancy.tenants where name = 'globex';
insert into app.item
  select g + case t.name when 'globex' then {NUMBER} else 0 end, t.id, 1, case t.name when 'globex' then '{MARK}' else 'x' end,
    case t.name when 'globex' then {NUMBER} else 1 end, array[case t.name when 'globex' then '{MARK}' else 'y' end],
    jsonb_build_object('of', case t.name when 'globex' then '{MARK}' else 'z' end), now()
  from tenancy.tenants t, generate_series(1, 20) g where t.name in ('acme', 'globex');
insert into app.log select id, tenant_id, id, name, date '2025-12-25' + (id % 20)::integer from app.item;
create view app.priced with (security_invoker) as select i.*, v.name as vendor_name from app.item i join app.vendor v on v.id = i.vendor;
grant all on all tables in schema app to alice;
analyze;
"""

OTHERS = """
select v from app.vendor v where tenant_id is null or code = {n} order by id;
select i from app.item i join tenancy.tenants t on t.id = i.tenant_id where t.name = 'globex' order by i.id;
select l from app.log l join tenancy.tenants t on t.id = l.tenant_id where t.name = 'globex' order by l.id;
select t.id, t.name, t.status, t.parent_id from tenancy.tenants t order by 2;
select relation, kind, tenant_column from tenancy.protection order by 1;
select 'violation', relation, rule, key from tenancy.violations();
""".replace("{n}", str(NUMBER))


class Sqlsmith(Scenario):
    @chance(seconds=1)
    def test_tenants_user(self, dice):
        own = self.start_cluster(name="sqlsmith")
        own.createdb("smith", template="tenancy_template")
        own.psql("smith", SETUP)
        before = own.psql("smith", OTHERS)
        self.assertIn(MARK, before)
        for _ in dice.rounds():
            statements = self.statements(own, dice.randrange(10 ** 6))
            self.assertGreater(len(statements), STATEMENTS // 2, "sqlsmith made few statements")
            outcomes = self.run_all(own, statements)
            self.assertGreater(outcomes["done"], len(statements) // 20, f"hardly one of them ran: {outcomes}")
            self.assertEqual(own.psql("smith", OTHERS), before, "others' rows changed")
            self.assertEqual(re.findall(r".*(?:terminated by signal|PANIC).*", own.log.read_text()), [])
            dice.cases += len(statements)

    def statements(self, own, seed):
        """What sqlsmith makes of the tables and functions that alice sees, not run by itself: it does not look at results."""
        program, libraries = fetch.debian_program("sqlsmith")
        environment = own.environment("alice") | {"LD_LIBRARY_PATH": ":".join(map(str, libraries))}
        command = [program, "--target=" + own.conninfo("smith", "alice"), "--dry-run", f"--max-queries={STATEMENTS}",
                   f"--seed={seed}", "--exclude-catalog"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return [text.strip() for text in done.stdout.split(";\n") if text.strip()]

    def run_all(self, own, statements):
        """Runs each as alice and looks for what is globex's in all that comes back, errors included."""
        pg, outcomes = self.psycopg(), {"done": 0, "failed": 0}
        connection = pg.connect(own.conninfo("smith", "alice"), autocommit=True, options="-c statement_timeout=1000")
        self.addCleanup(connection.close)
        for text in statements:
            try:
                cursor = connection.execute(text)
                shown = repr(cursor.fetchall()) if cursor.description else ""
                outcomes["done"] += 1
            except pg.Error as error:
                self.assertFalse(connection.broken, f"the server is gone after {text}")
                ours = (error.diag.source_file or "").endswith(".rs")
                self.assertFalse(ours and error.sqlstate == "XX000", f"{error} after {text}")
                shown = f"{error} {error.diag.message_detail} {error.diag.context}".replace(text, "")
                outcomes["failed"] += 1
            self.assertNotIn(MARK, shown, text)
            self.assertNotRegex(shown, rf"\b{str(NUMBER)[:7]}\d\d\b", text)
        return outcomes
