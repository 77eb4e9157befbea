"""A large table is adopted while its application, which knows nothing of tenants, goes on writing."""

import random
import threading
import time

from runner.scenario import Scenario

ROWS = 60_000
WRITERS = 3

SETUP = f"""
insert into tenancy.tenants (name) select 't' || n from generate_series(1, 5) n;
create table app.customers (id integer primary key, tenant_id uuid);
insert into app.customers select n, (select id from tenancy.tenants where name = 't' || 1 + n % 5) from generate_series(1, 50) n;
select from tenancy.protect('app.customers', 'required');
create table app.orders (id bigint generated always as identity primary key, customer_id integer not null, note text, changes integer not null default 0);
insert into app.orders (customer_id, note) select 1 + n % 50, repeat('x', 100) from generate_series(1, {ROWS}) n;
alter table app.orders add constraint customer foreign key (customer_id) references app.customers;
alter table app.customers owner to owner;
alter table app.orders owner to owner;
create table app.log (id bigint, what text);
grant all on all tables in schema app to app;
"""

ADOPT = "call tenancy.adopt('app.orders', 'required', by_reference => 'customer')"

WRONG = """
select count(*) from app.orders o join app.customers c on c.id = o.customer_id where o.tenant_id is distinct from c.tenant_id
"""


class Adopt(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, SETUP)
        self.longest, self.committed, self.errors = 0.0, 0, []
        self.stop = threading.Event()

    def connect(self, user):
        return self.psycopg().connect(self.cluster.conninfo(self.db, user), autocommit=True)

    def write(self, seed):
        """What an old application does; who is in the middle of something at the end is refused, as nobody."""
        dice, pg = random.Random(seed), self.psycopg()
        with self.connect("app") as connection:
            while not self.stop.is_set():
                row, customer = dice.randint(1, ROWS), dice.randint(1, 50)
                begun = time.monotonic()
                try:
                    with connection.transaction():
                        kind = dice.randint(1, 4)
                        if kind == 1:
                            (new,) = connection.execute(
                                "insert into app.orders (customer_id) values (%s) returning id", (customer,)).fetchone()
                            connection.execute("insert into app.log values (%s, 'inserted')", (new,))
                        elif kind == 2:
                            gone = connection.execute("delete from app.orders where id = %s returning id", (row,)).fetchone()
                            connection.execute("insert into app.log values (%s, 'deleted')", gone or (None,))
                        else:
                            # two rows in any order: who waits for both must not be waited for
                            for one in (row, dice.randint(1, ROWS)):
                                changed = connection.execute(
                                    "update app.orders set changes = changes + 1 where id = %s returning id", (one,)).fetchone()
                                connection.execute("insert into app.log values (%s, 'changed')", changed or (None,))
                    self.committed += 1
                except pg.Error as error:
                    self.errors.append((error.sqlstate, str(error)))
                    if error.sqlstate == "42501":
                        return
                self.longest = max(self.longest, time.monotonic() - begun)

    def with_writers(self, work):
        """Does the work while the writers write; each has written before it begins."""
        threads = [threading.Thread(target=self.write, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            self.wait_for(lambda: self.committed > 20 * WRITERS or self.errors)
            before, begun = self.committed, time.monotonic()
            work()
            self.meanwhile, self.lasted = self.committed - before, time.monotonic() - begun
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def ask(self, sql):
        return self.cluster.psql(self.db, sql).strip()

    def check_nothing_lost(self):
        self.assertEqual(self.ask(WRONG), "0")
        self.assertEqual(self.ask("select count(*) from app.orders where tenant_id is null"), "0")
        self.assertEqual(self.ask("select count(*) from app.orders"), self.ask(
            f"select {ROWS} + count(*) filter (where what = 'inserted') - count(id) filter (where what = 'deleted') from app.log"))
        self.assertEqual(self.ask("select count(*) from app.log where what = 'changed' and id is not null and not exists "
                                  "(select from app.log d where d.id = log.id and d.what = 'deleted')"),
                         self.ask("select sum(changes) from app.orders"))
        self.assertEqual(self.ask("select * from tenancy.violations()"), "")
        self.assertEqual(self.ask("select kind from tenancy.protected_tables where relation = 'app.orders'::regclass"), "required")
        self.assertEqual(self.ask("select count(*) from tenancy.adoptions"), "0")
        self.assertEqual(self.ask("select count(*) from pg_trigger where tgname = 'zz_tenancy_adopt'"), "0")

    def test_writers_go_on(self):
        seen = []

        def adopt():
            thread = threading.Thread(target=lambda: self.cluster.psql(self.db, ADOPT, user="owner"))
            thread.start()
            while thread.is_alive():
                seen.append(self.ask("select operation, relation, phase, rows_done, rows_total >= rows_done from tenancy.progress"))
            thread.join()

        self.with_writers(adopt)
        self.check_nothing_lost()
        # at the end the application, which has no context yet, is refused; before it nothing is
        self.assertEqual({state for state, _ in self.errors} - {"42501"}, set(), self.errors[:3])
        # one that had to wait for the end of the adoption would have got through not once
        self.assertGreater(self.meanwhile, WRITERS)
        self.assertLess(self.longest, self.lasted / 2)
        self.assertTrue(any(line.startswith("adopt|app.orders|assigning tenants|") for line in seen), seen)

    def test_killed_and_called_again(self):
        def kill_and_again():
            for _ in range(3):
                with self.connect("owner") as connection:
                    (pid,) = connection.execute("select pg_backend_pid()").fetchone()
                    thread = threading.Thread(target=self.run_until_killed, args=(connection,))
                    thread.start()
                    self.wait_until_shown(pid)
                    # terminated, not killed outright: that would take the other tests' server down with it
                    self.ask(f"select pg_terminate_backend({pid})")
                    thread.join()
            self.assertNotEqual(self.ask("select count(*) from app.orders where tenant_id is not null"), "0")
            self.assertNotEqual(self.ask("select count(*) from app.orders where tenant_id is null"), "0")
            self.cluster.psql(self.db, ADOPT, user="owner")

        self.with_writers(kill_and_again)
        self.check_nothing_lost()
        self.assertEqual({state for state, _ in self.errors} - {"42501"}, set(), self.errors[:3])

    def run_until_killed(self, connection):
        try:
            connection.execute(ADOPT)
        except self.psycopg().Error:
            pass

    def wait_until_shown(self, pid):
        self.wait_for(lambda: self.ask(f"select 1 from tenancy.progress where pid = {pid} and rows_done > 6000"))

    def wait_for(self, condition):
        until = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), until, "it never came to that")
            time.sleep(0.001)


class AdoptCrash(Scenario):
    def test_server_killed_in_the_middle(self):
        cluster, db = self.start_cluster(), "adopted"
        cluster.createdb(db, "tenancy_template")
        ask = lambda sql, user="postgres": cluster.psql(db, sql, user).strip()
        ask(SETUP)
        adopting = threading.Thread(target=self.adopt, args=(cluster, db))
        adopting.start()
        until = time.monotonic() + 30
        while time.monotonic() < until and not ask("select 1 from tenancy.progress where rows_done > 6000"):
            pass
        cluster.down("immediate")
        adopting.join()
        cluster.up()
        # the test servers do not wait for the disk: what was committed last is lost, and is to be done again
        self.assertNotEqual(ask("select count(*) from app.orders where tenant_id is null"), "0")
        ask(ADOPT, "owner")
        self.assertEqual(ask(WRONG), "0")
        self.assertEqual(ask("select * from tenancy.violations()"), "")

    @staticmethod
    def adopt(cluster, db):
        try:
            cluster.psql(db, ADOPT, user="owner")
        except Exception:  # the server goes down
            pass
