"""Parallel plans under tenancy: chosen as without it, and with the same rows."""

import contextlib

from runner.scenario import Scenario

ROWS = 200_000
SETTINGS = """
set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0;
set min_parallel_index_scan_size = 0; set max_parallel_workers_per_gather = 2; set work_mem = '32MB';
"""

QUERIES = {
    "count": "select count(*), sum(id), min(amount), max(amount) from app.sale",
    "group": "select day, count(*), sum(amount) from app.sale group by day order by day",
    "join": "select p.name, count(*) from app.sale s join app.product p on p.id = s.product group by p.name order by p.name",
    "integer keys": "select count(*), sum(id) from app.visit",
    "partitions": "select count(*), sum(id) from app.log",
    "sort": "select id from app.sale order by amount desc, id limit 20",
    "subquery": "select count(*) from app.sale where product in (select id from app.product where name like 'p1%')",
}


class Parallel(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, f"""
            insert into tenancy.tenants (name, allows_subtenants) values ('provider', false), ('north', true), ('south', false);
            insert into tenancy.tenants (name, parent_id) select 'north-' || n, id from tenancy.tenants, generate_series(1, 7) n
              where name = 'north';
            insert into tenancy.roles (name, read_access) values ('below', 'home_subtenants');
            create table app.product (id integer primary key, tenant_id uuid, name text);
            create table app.sale (id integer primary key, tenant_id uuid not null, product integer, day integer, amount numeric);
            create table app.visit (id integer primary key, tenant bigint not null);
            create table app.log (id integer, tenant_id uuid not null) partition by hash (id);
            create table app.log_0 partition of app.log for values with (modulus 2, remainder 0);
            create table app.log_1 partition of app.log for values with (modulus 2, remainder 1);
            create temporary table t as select array_agg(id order by name) ids, array_agg(number order by name) numbers
              from tenancy.tenants where kind in ('tenant', 'service_provider');
            insert into app.product select n, case when n % 2 = 0 then ids[1 + n % 10] end, 'p' || n
              from t, generate_series(1, 50) n;
            insert into app.sale select n, ids[1 + n % 10], 1 + n % 50, n % 31, (n * 7919) % 1000
              from t, generate_series(1, {ROWS}) n;
            insert into app.visit select n, numbers[1 + n % 10] from t, generate_series(1, {ROWS}) n;
            insert into app.log select n, ids[1 + n % 10] from t, generate_series(1, {ROWS}) n;
            select from tenancy.protect('app.product', 'optional');
            select from tenancy.protect('app.sale', 'required');
            select from tenancy.protect('app.visit', 'required', 'tenant');
            select from tenancy.protect('app.log', 'required');
            analyze app.product, app.sale, app.visit, app.log;
            grant select on all tables in schema app to app;
            grant execute on function tenancy.enter_tenant to app;
            create table app.entry as select name, id from tenancy.tenants;
            grant select on app.entry to app;
        """)

    @contextlib.contextmanager
    def session(self, tenant, role="member", settings=SETTINGS):
        with self.psycopg().connect(self.cluster.conninfo(self.db, "app"), autocommit=True) as connection:
            connection.execute(settings)
            connection.execute("select tenancy.enter_tenant(id, %s, for_session => true) from app.entry where name = %s",
                               [role, tenant])
            yield connection

    def rows(self, connection, query):
        return connection.execute(query).fetchall()

    def plan(self, connection, query, words=""):
        return "\n".join(row[0] for row in connection.execute(f"explain ({words or 'costs off'}) {query}"))

    def check(self, connection, tenant):
        for name, query in QUERIES.items():
            with self.subTest(tenant=tenant, query=name):
                plan = self.plan(connection, query)
                self.assertIn("Gather", plan)
                ran = self.plan(connection, query, "analyze, costs off, timing off, summary off")
                self.assertRegex(ran, r"Workers Launched: [12]")
                parallel = self.rows(connection, query)
                connection.execute("set max_parallel_workers_per_gather = 0")
                self.assertNotIn("Gather", self.plan(connection, query))
                self.assertEqual(parallel, self.rows(connection, query))
                connection.execute("set max_parallel_workers_per_gather = 2")

    def test_one_tenant(self):
        with self.session("south") as connection:
            self.check(connection, "south")
            self.assertEqual(self.rows(connection, "select count(*) from app.sale")[0][0], ROWS // 10)

    def test_several_tenants(self):
        with self.session("north", "below") as connection:
            self.check(connection, "north")
            self.assertEqual(self.rows(connection, "select count(*) from app.sale")[0][0], ROWS // 10 * 8)

    def test_without_leader(self):
        """Every row comes from a worker, which has to know the context by itself."""
        with self.session("south", settings=SETTINGS + "set parallel_leader_participation = off;") as connection:
            self.check(connection, "south")
        with self.session("north", "below", SETTINGS + "set parallel_leader_participation = off;") as connection:
            self.check(connection, "north")

    def test_nobody(self):
        with self.psycopg().connect(self.cluster.conninfo(self.db, "app"), autocommit=True) as connection:
            connection.execute(SETTINGS + "set parallel_leader_participation = off")
            for query in ("sale", "visit", "log", "product"):
                self.assertEqual(self.rows(connection, f"select count(*) from app.{query}")[0][0], 0)

    def test_contexts_of_transactions(self):
        """A plan that is kept serves each transaction's own tenant, in workers too."""
        with self.psycopg().connect(self.cluster.conninfo(self.db, "app"), autocommit=True) as connection:
            connection.execute(SETTINGS + "set parallel_leader_participation = off")
            connection.prepare_threshold = 0
            names = connection.execute("select name, id from app.entry where name like 'north-%'").fetchall()
            sums = {}
            for _ in range(3):
                for name, tenant in names:
                    with connection.transaction():
                        connection.execute("select tenancy.enter_tenant(%s)", [tenant])
                        found = connection.execute("select count(*), sum(id), count(distinct tenant_id) from app.sale").fetchone()
                    self.assertEqual((found[0], found[2]), (ROWS // 10, 1), name)
                    self.assertEqual(sums.setdefault(name, found[1]), found[1])
                    self.assertEqual(connection.execute("select count(*) from app.sale").fetchone()[0], 0)
            self.assertEqual(len(set(sums.values())), len(names))

    def test_current_tenant(self):
        """Workers answer the functions of the context too."""
        with self.session("south") as connection:
            shown = connection.execute("select count(*), count(distinct tenancy.current_tenant()) from app.sale").fetchone()
            self.assertEqual(shown, (ROWS // 10, 1))
