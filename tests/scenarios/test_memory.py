"""A backend that changes its context and makes plans all day does not grow."""

import time
import uuid

from runner.scenario import Scenario
from scenarios.test_sqlsmith import SECRET, encoded, signed

SWITCHES = 10_000
ROUNDS = 3
MOST = 1 << 20    # bytes

SETUP = f"""
insert into tenancy.token_keys (kid, algorithm, jwk, names_tenants) values ('key', 'HS256', '{{"kty": "oct", "k": "{encoded(SECRET)}"}}', true);
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, allows_subtenants) select 't' || n, true from generate_series(1, 200) n;
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 't1') where name like 't_0';
insert into tenancy.roles (name, read_access) values ('wide', 'home_subtenants'), ('all', 'all');
create table app.item (id bigint generated always as identity primary key, tenant_id uuid not null, up bigint references app.item, name text);
insert into app.item (tenant_id, name) select id, name from tenancy.tenants where kind = 'tenant';
select from tenancy.protect('app.item', 'required');
create table app.ids as select id from tenancy.tenants where kind = 'tenant';
grant all on app.item, app.ids to app;
grant execute on function tenancy.enter_tenant to app;
grant select on pg_backend_memory_contexts to app;
grant execute on function pg_get_backend_memory_contexts() to app;
"""


class Memory(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, SETUP)
        self.connection = self.psycopg().connect(self.cluster.conninfo(self.db, "app"), autocommit=True)
        self.addCleanup(self.connection.close)
        self.ids = [row[0] for row in self.connection.execute("select id from app.ids order by id")]

    def own_memory(self):
        """What the process has allocated for itself, and what of it PostgreSQL's contexts account for."""
        pid = self.connection.info.backend_pid
        status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status") if ":" in line)
        used = self.connection.execute("select sum(used_bytes) from pg_backend_memory_contexts").fetchone()[0]
        return int(status["RssAnon"].split()[0]) * 1024, int(used)

    def grown(self, work):
        resident, used = self.own_memory()
        work(SWITCHES)
        now = self.own_memory()
        return now[0] - resident, now[1] - used

    def assert_flat(self, work):
        """What leaks grows in each round; caches that are filled anew, because others invalidated them, grow in one."""
        work(2_000)
        grown = []
        while not grown or (max(grown[-1]) >= MOST and len(grown) < ROUNDS):
            grown.append(self.grown(work))
        self.assertLess(max(grown[-1]), MOST, f"in the process, in PostgreSQL's memory contexts: {grown}")

    def test_switches(self):
        """Contexts of one tenant, of several and of all, with reads and writes in each."""
        def work(times):
            for turn in range(times):
                role = ("member", "wide", "all")[turn % 3]
                with self.connection.transaction():
                    self.connection.execute("select tenancy.enter_tenant(%s, %s)", [self.ids[turn % len(self.ids)], role])
                    if turn % 10 == 0:
                        self.connection.execute("select count(*) from app.item")
                        self.connection.execute("update app.item set name = name where id = 1")
        self.assert_flat(work)

    def test_tokens(self):
        """Each a token of its own, by the function or by the setting; some of them forged."""
        later = int(time.time()) + 3600

        def work(times):
            for turn in range(times):
                token = signed({"tenancy.tenant": str(self.ids[turn % len(self.ids)]), "exp": later + turn})
                how = "select set_config('tenancy.token', %s, true), tenancy.current_tenant()" if turn % 2 else "select tenancy.authenticate(%s)"
                if turn % 100 == 0:
                    with self.assertRaises(self.psycopg().errors.InvalidAuthorizationSpecification):
                        self.connection.execute("select tenancy.authenticate(%s)", [token[:-6] + "AAAAAA"])
                with self.connection.transaction():
                    self.connection.execute(how, [token])
                    if turn % 10 == 0:
                        self.connection.execute("select count(*) from app.item")
        self.assert_flat(work)

    def test_plans(self):
        """Plans that are made anew each time, and errors on the way."""
        def work(times):
            with self.connection.transaction():
                self.connection.execute("select tenancy.enter_tenant(%s)", [self.ids[0]])
                for turn in range(times):
                    self.connection.execute(f"select name from app.item where id > {turn} order by name limit {1 + turn % 7}", prepare=False)
            for _ in range(times // 100):
                with self.assertRaises(self.psycopg().errors.InvalidAuthorizationSpecification):
                    self.connection.execute("select tenancy.enter_tenant(%s)", [uuid.uuid4()])
        self.assert_flat(work)
