"""DROP EXTENSION: not by accident, nothing of ours left, and no table open."""

from devtools import say
from runner.scenario import Scenario
from scenarios import estate

# what could be ours, wherever it is
LEFT = """
select 'policy', polname from pg_policy where polname like 'tenancy%';
select 'trigger', tgname, tgrelid::regclass from pg_trigger where tgname ~ 'tenancy';
select 'event trigger', evtname from pg_event_trigger where evtname ~ 'tenancy';
select 'function', oid::regprocedure from pg_proc where probin ~ 'tenancy' or prosrc ~ 'tenancy' or pronamespace::regnamespace::text = 'tenancy';
select 'schema', nspname from pg_namespace where nspname ~ 'tenancy';
select 'default', adrelid::regclass, pg_get_expr(adbin, adrelid) from pg_attrdef where pg_get_expr(adbin, adrelid) ~ 'tenancy';
select 'constraint', conrelid::regclass, conname from pg_constraint where pg_get_constraintdef(oid) ~ 'tenancy';
select 'dependency', classid::regclass, objid from pg_depend d where refclassid = 'pg_extension'::regclass
  and not exists (select from pg_extension e where e.oid = d.refobjid);
select 'type', typname from pg_type where typname ~ 'tenan' and typnamespace::regnamespace::text not in ('app', 'pg_catalog', 'information_schema');
"""

PROTECTED = ("vendor", "type", "place", "house", "event", "event_old", "event_new_0", "attendance", "bill", "bill_line", "paper", "contract")


class DropExtension(Scenario):
    def setUp(self):
        self.db = self.database()
        estate.fill(self.cluster, self.db)
        # a function of the fixture that names a table of ours
        self.counts = self.count("postgres")

    def count(self, user):
        return self.cluster.psql(self.db, "; ".join(f"select count(*) from app.{table}" for table in PROTECTED), user).split()

    def test_without_cascade(self):
        with self.assertRaises(say.Failure) as refused:
            self.cluster.psql(self.db, "drop extension pg_tenancy")
        words = str(refused.exception)
        for dependent in ("policy tenancy_select on table app.house depends on function tenancy.can_read(uuid)",
                          "trigger 00_tenancy_row on table app.house depends on function tenancy.check_row()",
                          "default value for column tenant_id of table app.house depends on function tenancy.writable_tenant",
                          "Use DROP ... CASCADE to drop the dependent objects too."):
            self.assertIn(dependent, words)
        estate.check(self, self.cluster, self.db)

    def test_cascade(self):
        self.cluster.psql(self.db, "drop extension pg_tenancy cascade")
        self.assertEqual(self.cluster.psql(self.db, LEFT), "")
        self.assertEqual(self.count("postgres"), self.counts)
        # row security stays, and without policies it shows nothing, the owner not excepted
        for user in ("alice", "app", "owner"):
            self.assertEqual(self.count(user), ["0"] * len(PROTECTED), user)
        with self.assertRaises(say.Failure) as refused:
            self.cluster.psql(self.db, "insert into app.vendor (tenant_id, name) select id, 'x' from (values (gen_random_uuid())) v (id)", "alice")
        self.assertIn("row-level security policy", str(refused.exception))
        # the tables are PostgreSQL's again
        self.cluster.psql(self.db, "alter table app.house no force row level security; alter table app.house disable row level security")
        self.assertEqual(self.cluster.psql(self.db, "select count(*) from app.house", "alice").strip(), "4")
        self.cluster.psql(self.db, "create table app.later (id integer); drop table app.later; drop table app.house cascade")

    def test_by_one_who_acted(self):
        # what is recorded at commit has nowhere to go any more
        self.cluster.psql(self.db, "select tenancy.set_mode('warn')")
        refused = "insert into app.bill_line values (2, 3, app.n('north'))"
        self.cluster.psql(self.db, f"begin; select from tenancy.enter_tenant(app.t('south'), 'reader'); {refused}; "
                                   "drop extension pg_tenancy cascade; commit")
        self.assertEqual(self.cluster.psql(self.db, LEFT), "")

    def test_create_again(self):
        self.cluster.psql(self.db, "drop extension pg_tenancy cascade; create extension pg_tenancy;")
        self.assertEqual(self.cluster.psql(self.db, "select count(*) from tenancy.protected_tables").strip(), "0")
        self.assertEqual(self.count("alice"), ["0"] * len(PROTECTED))
        self.cluster.psql(self.db, "insert into tenancy.tenants (name) values ('provider')")
