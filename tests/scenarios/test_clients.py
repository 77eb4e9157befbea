"""Real clients: what they do behind the application's back (pipelines, prepared statements, cursors, COPY, pools)."""

import random
import threading
import time

from runner.scenario import Scenario

TENANTS = ("one", "two", "three", "four")


class Clients(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, """
            insert into tenancy.tenants (name) values ('provider'), ('one'), ('two'), ('three'), ('four');
            create table app.item (id bigint generated always as identity primary key, tenant_id uuid not null, name text,
              parent bigint references app.item);
            create table app.entry as select name, id from tenancy.tenants where kind = 'tenant';
            insert into app.item (tenant_id, name) select id, name || '-' || n from app.entry, generate_series(1, 25) n;
            select from tenancy.protect('app.item', 'required');
            grant all on app.item, app.entry to app;
            grant execute on function tenancy.enter_tenant to app;
        """)
        self.pg = self.psycopg()
        with self.connect() as connection:
            self.ids = dict(connection.execute("select name, id from app.entry").fetchall())

    def connect(self, **options):
        return self.pg.connect(self.cluster.conninfo(self.db, "app"), **options)

    def enter(self, connection, tenant):
        connection.execute("select tenancy.enter_tenant(%s)", [self.ids[tenant]])

    def assert_of(self, tenant, names, count=25):
        self.assertEqual({name.partition("-")[0] for name in names}, {tenant})
        self.assertEqual(len(names), count)

    def names(self, connection):
        return [row[0] for row in connection.execute("select name from app.item")]

    def test_pool(self):
        """Transactions of different tenants on few connections, handed around among threads."""
        idle = [self.connect() for _ in range(3)]
        self.addCleanup(lambda: [connection.close() for connection in idle])
        lock, troubles, done = threading.Lock(), [], []

        def work(seed):
            dice = random.Random(seed)
            for _ in range(60):
                with lock:
                    connection = idle.pop() if idle else None
                if connection is None:
                    time.sleep(0.002)
                    continue
                try:
                    what = dice.choice(("read", "write", "fail", "nobody", "savepoint"))
                    tenant = dice.choice(TENANTS)
                    try:
                        with connection.transaction():
                            if what != "nobody":
                                self.enter(connection, tenant)
                            found = {name.partition("-")[0] for name in self.names(connection)}
                            if found - {tenant} or (what == "nobody" and found):
                                troubles.append((what, tenant, found))
                            if what == "write":
                                connection.execute("insert into app.item (name) values (%s)", [f"{tenant}-new"])
                            if what == "savepoint":
                                try:
                                    with connection.transaction():
                                        connection.execute("select 1 / 0")
                                except self.pg.errors.DivisionByZero:
                                    pass
                                found = {name.partition("-")[0] for name in self.names(connection)}
                                if found != {tenant}:
                                    troubles.append((what, tenant, found))
                            if what == "fail":
                                connection.execute("select 1 / 0")
                    except self.pg.errors.DivisionByZero:
                        pass
                    if connection.execute("select count(*) from app.item").fetchone()[0]:
                        troubles.append(("after", what, tenant))
                    connection.rollback()
                    done.append(what)
                except Exception as trouble:
                    troubles.append(trouble)
                finally:
                    with lock:
                        idle.append(connection)

        threads = [threading.Thread(target=work, args=[seed]) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(troubles, [])
        self.assertEqual(set(done), {"read", "write", "fail", "nobody", "savepoint"})
        wrong = self.cluster.psql(self.db, "select count(*) from app.item i join app.entry e on e.id = i.tenant_id "
                                           "where i.name not like e.name || '-%'")
        self.assertEqual(wrong.strip(), "0")

    def test_prepared(self):
        """One server-side prepared statement, custom and generic plans, for one tenant after the other."""
        with self.connect(prepare_threshold=0) as connection:
            for plans in ("auto", "force_generic_plan", "force_custom_plan"):
                for _ in range(4):
                    for tenant in TENANTS:
                        with connection.transaction():
                            connection.execute(f"set local plan_cache_mode = {plans}")
                            self.enter(connection, tenant)
                            rows = connection.execute("select name from app.item where id > %s", [0]).fetchall()
                            self.assert_of(tenant, [row[0] for row in rows])
                            number = connection.execute("update app.item set name = name where id > %s", [0]).rowcount
                            self.assertEqual(number, 25)
                    with connection.transaction():
                        self.assertEqual(connection.execute("select name from app.item where id > %s", [0]).fetchall(), [])
            self.assertGreater(connection.execute("select count(*) from pg_prepared_statements where statement ~ 'app.item'")
                               .fetchone()[0], 0)

    def test_pipeline(self):
        """Entering and asking are sent together, before any answer has come."""
        with self.connect(autocommit=True) as connection:
            for _ in range(3):
                with connection.pipeline():
                    found = {}
                    for tenant in TENANTS:
                        with connection.transaction():
                            self.enter(connection, tenant)
                            found[tenant] = connection.execute("select name from app.item")
                for tenant, cursor in found.items():
                    self.assert_of(tenant, [row[0] for row in cursor])
            # an error in the middle takes its transaction along, and nothing of it stays
            with self.assertRaises(self.pg.errors.InsufficientPrivilege), connection.pipeline():
                with connection.transaction():
                    self.enter(connection, "one")
                    connection.execute("insert into app.item (tenant_id, name) values (%s, 'x')", [self.ids["two"]])
                    connection.execute("select 1")
            self.assertEqual(self.names(connection), [])

    def test_executemany(self):
        with self.connect() as connection:
            with connection.transaction():
                self.enter(connection, "one")
                with connection.cursor() as cursor:
                    cursor.executemany("insert into app.item (name, parent) values (%s, null) returning tenant_id",
                                       [(f"one-many{n}",) for n in range(10)], returning=True)
            with connection.transaction():
                self.enter(connection, "one")
                self.assert_of("one", self.names(connection), 35)

    def test_server_side_cursor(self):
        with self.connect() as connection:
            with connection.transaction():
                self.enter(connection, "one")
                with connection.cursor("reader") as cursor:
                    cursor.execute("select name from app.item")
                    first = cursor.fetchmany(10)
                    self.assert_of("one", [row[0] for row in first + cursor.fetchall()])
            # one that is held over the end of its transaction keeps the rows that were its own
            held = self.pg.ServerCursor(connection, "held", withhold=True)
            with connection.transaction():
                self.enter(connection, "two")
                held.execute("select name from app.item")
            with connection.transaction():
                self.enter(connection, "three")
                self.assert_of("two", [row[0] for row in held.fetchall()])
                self.assert_of("three", self.names(connection))
            held.close()
            # after leaving, one that is still open does not go on
            with self.assertRaises(self.pg.errors.SerializationFailure), connection.transaction():
                self.enter(connection, "one")
                with connection.cursor("left") as cursor:
                    cursor.execute("select name from app.item")
                    cursor.fetchmany(5)
                    connection.execute("select tenancy.leave()")
                    cursor.fetchall()
            self.assertEqual(self.names(connection), [])

    def test_copy(self):
        with self.connect() as connection:
            with connection.transaction():
                self.enter(connection, "one")
                for source in ("app.item (name)", "(select name from app.item)"):
                    with connection.cursor().copy(f"copy {source} to stdout") as copy:
                        self.assert_of("one", [row[0] for row in copy.rows()])
                with connection.cursor().copy("copy app.item to stdout (format binary)") as copy:
                    data = b"".join(bytes(block) for block in copy)
                self.assertIn(b"one-25", data)
                self.assertNotIn(b"two-", data)
            # PostgreSQL refuses COPY FROM to roles that row security binds: by way of a temporary table
            with self.assertRaises(self.pg.errors.FeatureNotSupported), connection.transaction():
                self.enter(connection, "one")
                with connection.cursor().copy("copy app.item (name) from stdin") as copy:
                    copy.write_row(["one-copied"])
            with connection.transaction():
                self.enter(connection, "one")
                connection.execute("create temporary table staging (name text) on commit drop")
                with connection.cursor().copy("copy staging from stdin") as copy:
                    for n in range(1000):
                        copy.write_row([f"one-copied{n}"])
                connection.execute("insert into app.item (name) select name from staging")
            with connection.transaction():
                self.enter(connection, "one")
                self.assert_of("one", self.names(connection), 1025)

    def test_psql_copy(self):
        folder = self.cluster.folder
        file = folder / f"{self.db}.csv"
        self.addCleanup(file.unlink, missing_ok=True)
        self.cluster.psql(self.db, f"""
            begin;
            select tenancy.enter_tenant('{self.ids["three"]}') \\g /dev/null
            \\copy app.item (name) to '{file}' csv header
            commit;
            """, "app")
        lines = file.read_text().splitlines()
        self.assertEqual(lines[0], "name")
        self.assert_of("three", lines[1:])
        # for those that row security does not bind, COPY FROM checks the tenants and references all the same
        self.cluster.psql(self.db, f"create table app.loaded (id bigint, tenant_id uuid not null, name text); "
                                   f"select from tenancy.protect('app.loaded', 'required');")
        file.write_text(f"1,{self.ids['one']},x\n2,,y\n")
        with self.assertRaisesRegex(Exception, "null value in column|needs a tenant"):
            self.cluster.psql(self.db, f"\\copy app.loaded from '{file}' csv")
        file.write_text(f"1,{self.ids['one']},x\n")
        self.cluster.psql(self.db, f"\\copy app.loaded from '{file}' csv")

    def test_session_reset(self):
        """What pools send between two users of a connection."""
        for reset in ("discard all", "reset all", "reset session authorization; reset all"):
            with self.connect(autocommit=True) as connection:
                connection.execute("select tenancy.enter_tenant(%s, for_session => true)", [self.ids["one"]])
                self.assert_of("one", self.names(connection))
                connection.execute(reset) if ";" not in reset else [connection.execute(r) for r in reset.split(";")]
                self.assertEqual(self.names(connection), [], reset)
