"""Several databases of a cluster are installations of their own: nothing of one is seen, or counts, in another."""

from runner.scenario import Scenario

# The same tenants, users and tables, by id and by name; how many rows they have tells which database it is.
FILL = """
insert into tenancy.tenants (id, name) values
  ('10000000-0000-0000-0000-000000000000', 'provider'), ('a0000000-0000-0000-0000-000000000000', 'acme'),
  ('b0000000-0000-0000-0000-000000000000', 'globex');
create table things (id integer primary key, tenant_id uuid);
insert into things select n, 'a0000000-0000-0000-0000-000000000000' from generate_series(1, {rows}) n;
select tenancy.protect('things', 'required');
grant select, insert on things to app;
grant execute on function tenancy.enter_tenant to app;
"""

# The same under row security made by hand.
ROLLED = """
create table rolled (like things);
insert into rolled select * from things;
alter table rolled enable row level security, force row level security;
create policy tenant on rolled using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
grant select on rolled, things to public;
"""
LOGIN = """
create role instances_login login;
alter role instances_login set app.tenant = 'a0000000-0000-0000-0000-000000000000';
insert into tenancy.contacts (id, tenant_id, name, email) values
  ('00000000-0000-4000-8000-0000000000c1', 'a0000000-0000-0000-0000-000000000000', 'ann', 'ann@example.org');
insert into tenancy.users (id, db_role) values ('00000000-0000-4000-8000-0000000000c1', 'instances_login');
insert into tenancy.user_roles select '00000000-0000-4000-8000-0000000000c1', id from tenancy.roles where name = 'member';
"""

COUNT = "select count(*) from things"
ENTER = "select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', for_session => true)"


class Instances(Scenario):
    def two(self):
        first, second = self.database(), f"{type(self).__name__}_{self._testMethodName}_second".lower()
        self.cluster.dropdb(second)
        self.cluster.createdb(second)
        self.addCleanup(self.cluster.dropdb, second)
        self.cluster.psql(second, "create extension pg_tenancy")
        self.cluster.psql(first, FILL.format(rows=1))
        self.cluster.psql(second, FILL.format(rows=2))
        return first, second

    def last_line(self, database, sql, user="app"):
        return self.cluster.psql(database, sql, user=user).strip().splitlines()[-1]

    def test_a_context_stays_where_it_was_entered(self):
        first, second = self.two()
        self.assertEqual(self.last_line(first, f"{ENTER};\n{COUNT};\n\\c {second}\n{COUNT};"), "0")
        self.assertEqual(self.last_line(first, f"{ENTER};\n\\c {second}\n{ENTER};\n{COUNT};"), "2")

    def test_a_login_stands_for_somebody_in_one(self):
        """By hand (rolled), an administrator of one database says who a login is by a setting of the role, and so in all databases."""
        first, second = self.two()
        login = "instances_login"
        self.cluster.psql(first, ROLLED + LOGIN)
        self.addCleanup(self.cluster.psql, "postgres", f"drop role {login}")
        self.cluster.psql(second, ROLLED)
        self.assertEqual([self.last_line(database, "select count(*) from rolled", login) for database in (first, second)], ["1", "2"])
        self.assertEqual([self.last_line(database, COUNT, login) for database in (first, second)], ["1", "0"])

    def test_rules_and_limits_are_each_databases_own(self):
        first, second = self.two()
        self.cluster.psql(first, """
            select tenancy.set_mode('off');
            insert into tenancy.quotas (tenant_id, relation, max_rows) values ('a0000000-0000-0000-0000-000000000000', 'things', 0);
            update tenancy.tenants set status = 'inactive' where name = 'acme';
        """)
        insert = "insert into things values (9, 'a0000000-0000-0000-0000-000000000000')"
        self.assertEqual(self.last_line(second, f"{ENTER};\n{insert};\n{COUNT};"), "3")
        self.assertEqual(self.last_line(second, COUNT), "0")
        self.assertEqual(self.last_line(second, "select count(*) from tenancy.quotas", user="postgres"), "0")

    def test_settings_of_one_database(self):
        first, second = self.two()
        for where in (f"role app in database {second}", f"database {second}"):
            self.cluster.psql(second, f"alter {where} set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 member'")
        self.addCleanup(self.cluster.psql, second, f"alter role app in database {second} reset all")
        # a superuser may preset a context; it is the one database's
        self.assertEqual(self.last_line(second, COUNT), "2")
        self.assertEqual(self.last_line(first, COUNT), "0")
