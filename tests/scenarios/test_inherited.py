"""Rows that follow the row that they refer to do so after dump and restore, on either side of partitioned tables."""

from runner.scenario import Scenario

ONE, TWO = "a0000000-0000-0000-0000-000000000000", "b0000000-0000-0000-0000-000000000000"
SETUP = f"""
insert into tenancy.tenants (name) values ('provider');
insert into tenancy.tenants (id, name) values ('{ONE}', 'one'), ('{TWO}', 'two');
create table app.targets (region text, id integer, tenant_id uuid not null, primary key (region, id)) partition by list (region);
create table app.targets_n partition of app.targets for values in ('n');
create table app.targets_s partition of app.targets for values in ('s');
create table app.boxes (id integer primary key, tenant_id uuid);
create table app.parts (id integer, tenant_id uuid not null, region text, target integer,
  constraint target foreign key (region, target) references app.targets) partition by list (tenant_id);
create table app.parts_one partition of app.parts for values in ('{ONE}');
create table app.parts_rest partition of app.parts default;
create table app.members (box integer constraint box references app.boxes, region text, target integer, tenant_id uuid not null,
  constraint target foreign key (region, target) references app.targets deferrable initially deferred);
select tenancy.protect(t, 'required') from unnest('{{app.targets,app.parts,app.members}}'::regclass[]) t;
select tenancy.protect('app.boxes', 'optional');
select tenancy.set_reference_rule('app.parts', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.members', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.members', 'box', on_tenant_change => 'delete');
insert into app.targets values ('n', 1, '{ONE}'), ('s', 1, '{ONE}');
insert into app.boxes values (1, '{ONE}'), (2, null);
insert into app.parts values (1, '{ONE}', 'n', 1), (2, '{ONE}', 's', 1);
insert into app.members (box, region, target) values (1, 'n', 1), (2, 'n', 1), (1, 's', 1);
"""
RULES = "select relation, constraint_name, on_tenant_change, names_tenant from tenancy.reference_rules order by relation::text, 2"
ROWS = """select p.tableoid::regclass || ' ' || p.id || ' ' || t.name from app.parts p join tenancy.tenants t on t.id = p.tenant_id
union all select 'members ' || m.box || m.region || ' ' || t.name from app.members m join tenancy.tenants t on t.id = m.tenant_id order by 1"""


class Inherited(Scenario):
    def check(self, db):
        ask = lambda sql: self.cluster.psql(db, sql).splitlines()
        self.assertEqual(ask(f"update app.targets set tenant_id = '{TWO}' where region = 'n' returning id"), ["1"])
        self.assertEqual(ask(ROWS), ["app.parts_one 2 one", "app.parts_rest 1 two", "members 1s one", "members 2n two"])
        self.assertEqual(ask(f"select tenancy.reassign('app.targets_n', 'true', '{ONE}')"), ["1"])
        self.assertEqual(ask(ROWS), ["app.parts_one 1 one", "app.parts_one 2 one", "members 1s one", "members 2n one"])
        # a child cannot break it, nor choose
        for refused in (f"update app.parts set tenant_id = '{TWO}'", f"insert into app.members values (2, 's', 1, '{TWO}')"):
            with self.assertRaisesRegex(Exception, "has the tenant of the row"):
                self.cluster.psql(db, refused)
        self.assertEqual(ask("insert into app.members (box, region, target) values (2, 's', 1) returning tenant_id"), [ONE])
        self.assertEqual(ask("select * from tenancy.violations()"), [])

    def test_dump_and_restore(self):
        source, target = self.database(), self.database("_b")
        self.cluster.psql(source, SETUP)
        rules = self.cluster.psql(source, RULES)
        dump = self.cluster.run("pg_dump", source)
        self.check(source)
        self.cluster.dropdb(target)
        self.cluster.createdb(target)
        self.cluster.psql(target, dump)
        self.assertEqual(self.cluster.psql(target, RULES), rules)
        self.check(target)
