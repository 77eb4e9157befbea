"""Foreign keys that PostgreSQL 18 does not enforce: ours is the only check then, and it holds."""

from devtools import say
from runner.scenario import Scenario

TABLES = """
    insert into tenancy.tenants (name) values ('provider'), ('acme'), ('globex');
    create function app.t(text) returns uuid stable security definer
      begin atomic select id from tenancy.tenants where name = $1; end;
    set role owner;
    create table app.parent (id integer primary key, tenant_id uuid);
    create table app.child (id integer primary key, tenant_id uuid not null,
      parent integer constraint kept references app.parent on delete cascade {clause});
    reset role;
    set client_min_messages = warning;
    select from tenancy.protect('app.parent', 'optional', create_index => 'never');
    select from tenancy.protect('app.child', 'required', create_index => 'never');
    insert into app.parent values (1, app.t('acme')), (2, app.t('globex'));
    insert into app.child values (1, app.t('acme'), 1);"""


class NotEnforced(Scenario):
    majors = (18,)

    def refused(self, statement, code, user="postgres"):
        with self.assertRaises(say.Failure) as failure:
            self.cluster.psql(self.db, f"\\set VERBOSITY sqlstate\n{statement}", user)
        self.assertIn(f"ERROR:  {code}", str(failure.exception), statement)

    def fill(self, clause):
        self.db = self.database()
        self.cluster.psql(self.db, TABLES.format(clause=clause))

    def ask(self, query):
        return self.cluster.psql(self.db, query).strip()

    def check_both_sides(self):
        self.refused("insert into app.child values (2, app.t('acme'), 2)", "23503")
        self.refused("insert into app.child values (2, app.t('acme'), 99)", "23503")
        self.refused("update app.child set parent = 2", "23503")
        self.refused("update app.parent set tenant_id = app.t('globex') where id = 1", "23001")
        # no action of PostgreSQL's: the child stays, and nobody else's row may take the key that it refers to
        self.cluster.psql(self.db, "delete from app.parent where id = 1")
        self.assertEqual(self.ask("select count(*) from app.child"), "1")
        self.refused("insert into app.parent values (1, app.t('globex'))", "23001")
        self.refused("update app.parent set id = 1 where id = 2", "23001")
        self.cluster.psql(self.db, "insert into app.parent values (1, app.t('acme'))")
        self.assertEqual(self.ask("select * from tenancy.violations()"), "")

    def check_lint(self):
        query = "select severity, finding, remedy from tenancy.lint() where code = 'reference_not_validated'"
        self.assertEqual(self.ask(query), "warning|It is NOT ENFORCED: rows may refer to nothing.|"
                                          "alter table app.child alter constraint kept enforced")
        self.cluster.psql(self.db, self.ask("select remedy from tenancy.lint() where code = 'reference_not_validated'"))
        self.assertEqual(self.ask(query), "")
        self.refused("insert into app.child values (2, app.t('acme'), 2)", "23503")
        self.cluster.psql(self.db, "delete from app.parent where id = 1")
        self.assertEqual(self.ask("select count(*) from app.child"), "0")

    def test_from_the_beginning(self):
        self.fill("not enforced")
        self.check_both_sides()
        self.check_lint()

    def test_deferrable(self):
        self.fill("deferrable initially deferred not enforced")
        self.check_both_sides()
        self.check_lint()

    def test_altered(self):
        self.fill("")
        self.cluster.psql(self.db, "set role owner; alter table app.child alter constraint kept not enforced")
        self.check_both_sides()
        self.check_lint()

    def test_rows_from_before_protection(self):
        """protect() looks at rows that refer to another tenant's row, and at those that refer to nothing."""
        self.fill("not enforced")
        self.cluster.psql(self.db, "select from tenancy.release('app.child'); insert into app.child values (2, app.t('acme'), 2)")
        again = "select from tenancy.protect('app.child', 'required', create_index => 'never')"
        self.refused(again, "23514")
        self.cluster.psql(self.db, "update app.child set parent = 99 where id = 2")
        self.cluster.psql(self.db, again)
        self.refused("insert into app.parent values (99, app.t('globex'))", "23001")
        self.cluster.psql(self.db, "insert into app.parent values (99, app.t('acme'))")

    def test_the_key_to_tenants(self):
        """It has to be enforced: deleted tenants would leave rows behind."""
        self.fill("")
        self.refused("set role owner; alter table app.child alter constraint child_tenant_id_fkey not enforced", "55000")
        told = self.ask("set client_min_messages = error; alter table app.child alter constraint child_tenant_id_fkey not enforced; "
                        "select code from tenancy.lint() where code = 'tenant_key_missing'; "
                        "select m from tenancy.mend('app.child') m")
        self.assertIn("tenant_key_missing", told)
        self.assertIn("no foreign key holds the tenant column to existing tenants", told)
        self.assertEqual(self.ask("select count(*) from tenancy.lint() where code ~ 'tenant_key'"), "0")
        self.refused("insert into app.child values (3, gen_random_uuid(), null)", "23503")

    def test_the_key_to_tenants_from_before(self):
        """protect() does not take one for it that is not enforced; release() leaves it as it was."""
        self.fill("")
        self.cluster.psql(self.db, """
            set client_min_messages = warning;
            create table app.early (id integer primary key, tenant_id uuid not null
              constraint promised references tenancy.tenants not enforced);
            select from tenancy.protect('app.early', 'required', create_index => 'never')""")
        self.assertEqual(self.ask("select count(*) from tenancy.lint() where code ~ 'tenant_key'"), "0")
        self.refused("insert into app.early values (1, gen_random_uuid())", "23503")
        # what set_mode() makes up for is not that
        self.cluster.psql(self.db, "select from tenancy.set_mode('setup'); select from tenancy.set_mode('enforce')")
        self.cluster.psql(self.db, "select from tenancy.release('app.early')")
        keys = "select conname, conenforced from pg_constraint where conrelid = 'app.early'::regclass and contype = 'f'"
        self.assertEqual(self.ask(keys), "promised|f")

    def test_of_a_table_that_is_not_protected(self):
        """It tells nothing, but it can be enforced at any time."""
        self.fill("")
        self.cluster.psql(self.db, "grant references on app.parent to app; grant create on schema app to app")
        self.refused("create table app.probe (id integer references app.parent not enforced)", "42501", "app")
