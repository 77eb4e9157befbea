"""What pg_dump saves of our tables comes back as it was.

pg_restore -j does not know in which order tables of an extension must be filled (pg_dump orders them, but does not write
down why), so that restoring in parallel takes three steps: our own tables are filled by one process.
"""

import tempfile
from pathlib import Path

from runner.scenario import Scenario

# Nothing of this is as the installation begins: limits, built-in rows, groups that lost a subtenant, gaps in numbers.
FILL = """
update tenancy.installation set max_depth = 6, max_tenants = 50;
select tenancy.set_mode('warn');
insert into tenancy.tenants (name, allows_subtenants, number) values ('provider', true, 7), ('gone', true, 8), ('level 1', true, 9);
do $$
begin
  for n in 2..6 loop
    insert into tenancy.tenants (name, allows_subtenants, parent_id)
    select 'level ' || n, true, id from tenancy.tenants where name = 'level ' || n - 1;
  end loop;
end
$$;
-- an ancestor that is stored after its subtenants
update tenancy.tenants set description = 'moved to the end of the table' where name = 'level 1';
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'level 2'), status = 'inactive' where name = 'gone';
update tenancy.tenants set name = 'unsorted', description = 'not sorted yet' where kind = 'default';
update tenancy.tenants set name = 'parked' where kind = 'none';

insert into tenancy.contacts (tenant_id, name, email) select id, name, 'someone@example.org' from tenancy.tenants where kind <> 'none';
update tenancy.tenants set contact_id = (select id from tenancy.contacts where name = 'level 3') where name in ('level 1', 'unsorted');
insert into tenancy.users (id) select id from tenancy.contacts where name ~ 'level';
update tenancy.users set db_role = 'alice' where id = (select id from tenancy.contacts where name = 'level 2');
update tenancy.users set login_enabled = false where id = (select id from tenancy.contacts where name = 'level 3');

insert into tenancy.tenant_groups (name, description) values ('pilots', 'go first'), ('empty', null);
insert into tenancy.tenant_group_members (group_id, tenant_id)
select g.id, t.id from tenancy.tenant_groups g, tenancy.tenants t where g.name = 'pilots' and t.name = 'level 3';
delete from tenancy.tenant_group_members where tenant_id = (select id from tenancy.tenants where name = 'level 5');
update tenancy.tenant_groups set name = 'below two', description = 'from two on' where name = 'level 2_subtenants';

update tenancy.roles set description = 'sees below too', read_access = 'home_subtenants' where name = 'member';
insert into tenancy.roles (name, read_access, read_group_id, write_access)
select 'pilot reader', 'group', id, 'none' from tenancy.tenant_groups where name = 'pilots';
insert into tenancy.roles (name, read_access, read_group_id)
select 'reader from two', 'group', id from tenancy.tenant_groups where name = 'below two';
insert into tenancy.roles (name, read_access, read_tenant_id) select 'of five', 'tenant', id from tenancy.tenants where name = 'level 5';
insert into tenancy.user_roles select u.id, r.id from tenancy.users u, tenancy.roles r where r.name <> 'administrator';
insert into tenancy.modules (id, name, description) values
  ('00000000-0000-0000-0000-0000000000b1', 'sales', 'what is sold'), ('00000000-0000-0000-0000-0000000000b2', 'stock', null);
insert into tenancy.role_modules select id, '00000000-0000-0000-0000-0000000000b1' from tenancy.roles where name = 'of five';
insert into tenancy.domains (domain, tenant_id, includes_subdomains, created_at)
select replace(name, ' ', '') || '.example', id, number % 2 = 0, '2020-01-01' from tenancy.tenants where name ~ 'level';

insert into tenancy.governed_schemas values ('public', '2020-01-01');

insert into tenancy.token_keys (jwk, issuer, audience, not_before, expires_at, enabled, tenant_id)
select '{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "one", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}', 'issuer', 'here',
  '2026-01-01', '2036-01-01', false, id from tenancy.tenants where name = 'level 3';
insert into tenancy.token_keys (kid, algorithm, jwk, names_tenants)
values ('two', 'HS256', '{"kty": "oct", "k": "dGhlIHNlY3JldCBpcyBub3QgaW4gYW55IGR1bXAgLi4u"}', true);
-- counted, and with a quota
create table things (id integer primary key, tenant_id uuid);
insert into tenancy.lint_suppressions values ('authentication_trusts', 'authentication', 'It''s a test.', '2020-01-01', 'alice');
insert into tenancy.referring_owners values ('public.things', 'alice', '2020-01-01', 'bob');

insert into things select n, t.id from tenancy.tenants t, generate_series(1, 3) n where t.name = 'level 3' and n < 3 or t.name = 'level 4' and n = 3;
insert into things values (4, null);
grant select on things to public;
select tenancy.protect('things', 'optional');
select tenancy.refresh_statistics();
insert into tenancy.quotas (tenant_id, relation, max_rows) select id, 'things', 1 from tenancy.tenants where name = 'level 3';

-- fewer users than there are, and set by one of them
insert into tenancy.quotas (tenant_id, max_rows, set_by)
select t.id, 0, c.id from tenancy.tenants t, tenancy.contacts c where t.name = 'level 2' and c.name = 'level 1';
insert into tenancy.quotas (tenant_id, max_rows, action) select id, 10, 'warn' from tenancy.tenants where name = 'level 3';
"""

TABLES = ("installation", "tenants", "contacts", "users", "custom_groups", "system_group_texts", "tenant_group_members",
          "roles", "user_roles", "domains", "modules", "role_modules", "governed_schemas", "quotas", "counted_rows",
          "activity", "tenant_groups", "token_keys", "lint_suppressions", "referring_owners")

STATE = "\n".join(f"select '{table}', t from tenancy.{table} t order by t::text collate \"C\";" for table in TABLES) + """
select relation, protected_by, protected_at from tenancy.protected_tables;
select 'next number', last_value, is_called from tenancy.tenants_number_seq;
select 'next activity', last_value, is_called from tenancy.activity_id_seq;
select * from tenancy.tenant_tree();
select rolname, 'protects', has_function_privilege(rolname, p.oid, 'execute')
from pg_roles, pg_proc p where rolname in ('owner', 'app') and p.pronamespace = 'tenancy'::regnamespace and p.proname in ('protect', 'adopt')
order by rolname, proname;
"""


class TenancyDump(Scenario):
    def filled(self):
        db = self.database()
        self.cluster.psql(db, FILL)
        self.before = self.cluster.psql(db, STATE)
        self.assertIn("level 6", self.before)
        self.assertIn("owner|protects|t", self.before)
        self.assertIn("app|protects|f", self.before)
        return db

    def empty(self):
        name = f"{type(self).__name__}_{self._testMethodName}_restored".lower()
        self.cluster.dropdb(name)
        self.cluster.createdb(name)
        self.addCleanup(self.cluster.dropdb, name)
        return name

    def folder(self):
        folder = tempfile.TemporaryDirectory(dir="/tmp")
        self.addCleanup(folder.cleanup)
        Path(folder.name).chmod(0o777)
        return Path(folder.name)

    def check(self, restored):
        self.assertEqual(self.before, self.cluster.psql(restored, STATE))
        # and the rules hold as they did
        self.cluster.psql(restored, "insert into tenancy.tenants (name) values ('later')")
        for broken in ("update tenancy.tenants set parent_id = id where name = 'level 4'",
                       "insert into tenancy.tenants (name, parent_id) select 'seven', id from tenancy.tenants where name = 'level 6'",
                       "delete from tenancy.tenants where kind in ('default', 'service_provider')",
                       "delete from tenancy.tenant_groups where name = 'pilots'"):
            answer = self.cluster.psql(
                restored, f"do $$ begin {broken}; raise notice 'done'; exception when others then perform set_config('app.state', sqlstate, false); end $$;"
                          " select current_setting('app.state', true)")
            self.assertRegex(answer.strip(), r"^[0-9A-Z]{5}$", broken)

    def test_plain(self):
        db, restored, file = self.filled(), self.empty(), self.folder() / "dump.sql"
        self.cluster.run("pg_dump", "-d", db, "-f", str(file))
        self.assertNotIn("dGhlIHNlY3JldC", file.read_text(), "a shared secret is in the dump")
        self.cluster.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", restored, "-f", str(file))
        self.check(restored)

    def test_custom(self):
        db, restored, file = self.filled(), self.empty(), self.folder() / "dump"
        self.cluster.run("pg_dump", "-Fc", "-d", db, "-f", str(file))
        self.cluster.run("pg_restore", "--exit-on-error", "-d", restored, str(file))
        self.check(restored)

    def test_parallel(self):
        db, restored, file = self.filled(), self.empty(), self.folder() / "dump"
        self.cluster.run("pg_dump", "-Fd", "-j", "2", "-d", db, "-f", str(file))
        for words in (("--section=pre-data",), ("--section=data", "-n", "tenancy"),
                      ("--section=data", "-N", "tenancy", "-j", "4"), ("--section=post-data", "-j", "4")):
            self.cluster.run("pg_restore", "--exit-on-error", *words, "-d", restored, str(file))
        self.check(restored)

    def test_single_transaction(self):
        db, restored, file = self.filled(), self.empty(), self.folder() / "dump"
        self.cluster.run("pg_dump", "-Fc", "-d", db, "-f", str(file))
        self.cluster.run("pg_restore", "--single-transaction", "-d", restored, str(file))
        self.check(restored)

    def test_privileges(self):
        """Who may administer with plain SQL, and so lock the tables, comes back as it was."""
        db, restored, file = self.filled(), self.empty(), self.folder() / "dump"
        operators = f"operators_{db}"
        self.cluster.psql(db, f"create role {operators}")
        self.addCleanup(self.cluster.psql, "postgres", f"drop role {operators}")
        self.addCleanup(self.cluster.dropdb, restored)
        self.addCleanup(self.cluster.dropdb, db)
        self.cluster.psql(db, f"revoke insert, update, delete on tenancy.tenants from public; grant delete on tenancy.tenants to {operators}")
        self.cluster.run("pg_dump", "-Fc", "-d", db, "-f", str(file))
        self.cluster.run("pg_restore", "--exit-on-error", "-d", restored, str(file))
        may = "select has_table_privilege('{}', 'tenancy.{}', 'delete')"
        for role, table, expected in (("alice", "tenants", "f"), ("alice", "users", "t"), (operators, "tenants", "t")):
            self.assertEqual(self.cluster.psql(restored, may.format(role, table)).strip(), expected, f"{role} {table}")

    def test_dropped_role(self):
        """A role that is no more would be dumped as a number, and so trust whoever has that number where the dump is restored."""
        db, restored, file = self.filled(), self.empty(), self.folder() / "dump.sql"
        gone = f"gone_{db}"
        self.cluster.psql(db, f"create role {gone}; insert into tenancy.referring_owners (relation, owner) values ('things', '{gone}'); drop role {gone}")
        self.assertEqual(self.cluster.psql(db, "select count(*) from tenancy.referring_owners"), "2\n")
        self.cluster.run("pg_dump", "-d", db, "-f", str(file))
        self.cluster.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", restored, "-f", str(file))
        self.assertEqual(self.cluster.psql(restored, "select relation, owner from tenancy.referring_owners"), "things|alice\n")

    def test_as_a_tenants_user(self):
        """What a tenant's own user dumps is what that user may see."""
        db = self.filled()
        self.cluster.psql(db, "select tenancy.set_mode('enforce')")
        text = self.cluster.run("pg_dump", "--enable-row-security", "-d", db, user="alice")
        for seen in ("level 2", "level 3", "level 6", "below two"):
            self.assertIn(seen, text)
        for hidden in ("provider", "level 1", "pilots", "unsorted", "gone", "issuer", "HS256"):
            self.assertNotIn(f"\t{hidden}\t", text)
