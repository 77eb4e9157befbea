"""A streaming standby: reading under tenancy as on the primary."""

import time
from concurrent.futures import ThreadPoolExecutor

from devtools import say
from runner.scenario import Scenario
from scenarios import estate


class Replica(Scenario):
    def setUp(self):
        self.primary = self.start_cluster(name="primary", settings=["synchronous_commit = on"])
        self.primary.createdb("estate", "tenancy_template")
        estate.fill(self.primary, "estate")
        self.standby = self.primary.standby(f"standby-{self._testMethodName}"[:40])
        self.addCleanup(self.standby.remove)
        self.catch_up()

    def catch_up(self):
        wanted = self.primary.psql("postgres", "select pg_current_wal_lsn()").strip()
        until = time.monotonic() + 60
        while self.standby.psql("postgres", f"select pg_last_wal_replay_lsn() >= '{wanted}'").strip() != "t":
            if time.monotonic() > until:
                self.fail("the standby does not catch up")
            time.sleep(0.05)

    def test_rolled(self):
        """By hand, a setting says who it is, there as on the primary; ours is refused."""
        self.primary.psql("estate", """
            create table app.rolled as select id, tenant_id from app.paper;
            alter table app.rolled enable row level security, force row level security;
            create policy tenant on app.rolled using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
            grant select on app.rolled to alice""")
        self.catch_up()
        north_east, south = (f"00000000-0000-4000-8000-00000000000{n}" for n in (4, 3))
        for tenant in (north_east, south):
            seen = self.standby.psql("estate", f"set app.tenant = '{tenant}'; select distinct tenant_id from app.rolled", "alice")
            self.assertEqual(seen, f"{tenant}\n")
        own = "select distinct tenant_id from app.paper"
        self.assertEqual(self.standby.psql("estate", own, "alice"), f"{north_east}\n")
        with self.assertRaises(say.Failure) as refused:
            self.standby.psql("estate", f"{own}; set tenancy.context = 'tenant {south} member'", "alice")
        self.assertIn("permission denied", str(refused.exception))
        self.assertEqual(self.standby.psql("estate", f"set tenancy.context = 'tenant {south} member'; {own}", "alice"), f"{north_east}\n")

    def test_reads(self):
        for user, expected in estate.EXPECTED.items():
            self.assertEqual(self.standby.psql("estate", estate.SEEN, user), expected)
        # entering, and what it says
        entered = """
            begin;
            select tenancy.enter_tenant('00000000-0000-4000-8000-000000000003');
            select tenancy.current_tenant() = app.t('south'), count(*) from app.house;
            select * from tenancy.tenant_tree();
            select tenancy.leave();
            select count(*) from app.house;
            commit;"""
        self.primary.psql("estate", "grant execute on function tenancy.enter_tenant to app")
        self.catch_up()
        self.assertEqual(self.standby.psql("estate", entered, "app"), self.primary.psql("estate", entered, "app"))
        # a superuser's view, the checks included
        self.assertEqual(self.standby.psql("estate", "select * from tenancy.violations()"), "")
        self.assertEqual(self.standby.psql("estate", estate.CATALOG), self.primary.psql("estate", estate.CATALOG))

    def test_parallel(self):
        self.primary.psql("estate", "insert into app.paper select n, app.t(case n % 2 when 0 then 'south' else 'north-east' end), "
                                    "repeat('x', 100) from generate_series(100, 40000) n; analyze app.paper")
        self.catch_up()
        settings = "set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0; "
        query = "select count(*) from app.paper where title is not null"
        self.assertIn("Gather", self.standby.psql("estate", f"{settings} explain (costs off) {query}", "alice"))
        got = self.standby.psql("estate", f"{settings} {query}", "alice")
        self.assertEqual(got, self.primary.psql("estate", query, "alice"))
        self.assertEqual(got.strip(), "19952")

    def test_writes_refused(self):
        for user, statement in (("alice", "insert into app.paper (id, title) values (9, 'x')"),
                                ("alice", "update app.paper set title = 'x'"),
                                ("alice", "delete from app.paper"),
                                ("alice", "select * from app.paper for update"),
                                ("alice", "truncate app.paper"),
                                ("postgres", "update tenancy.tenants set description = 'x'"),
                                ("postgres", "select tenancy.set_mode('warn')"),
                                ("postgres", "select tenancy.protect('app.open', 'untenanted')")):
            with self.assertRaises(say.Failure) as refused:
                self.standby.psql("estate", statement, user)
            self.assertRegex(str(refused.exception), "read-only transaction|recovery is in progress|during recovery", statement)

    def test_entries_are_logged(self):
        """What cannot be recorded on a standby is said in its log: who acts, once an hour and session, and who was refused."""
        psycopg = self.psycopg()
        self.primary.psql("estate", "grant execute on function tenancy.enter(uuid, text, boolean) to app")
        self.catch_up()
        recorded = self.primary.psql("estate", "select count(*) from tenancy.activity")
        alice, nobody = "00000000-0000-4000-8000-0000000000c1", "00000000-0000-4000-8000-00000000dead"
        with psycopg.connect(self.standby.conninfo("estate", "app"), autocommit=True) as session:
            for _ in range(3):
                with session.transaction():
                    session.execute("select tenancy.enter(%s)", [alice])
            for _ in range(2):
                with self.assertRaises(psycopg.Error) as refused:
                    session.execute("select tenancy.enter(%s)", [nobody])
        log = self.standby.log.read_text()
        self.assertEqual(log.count(f"pg_tenancy: entered as user {alice}"), 1)
        message = str(refused.exception).splitlines()[0]
        self.assertEqual(log.count(f"pg_tenancy: a refused entry was not recorded: {message} ({nobody})"), 2)
        self.catch_up()
        self.assertEqual(recorded, self.primary.psql("estate", "select count(*) from tenancy.activity"))

    def test_changes_reach_sessions(self):
        """What a session of the standby remembers is forgotten when the primary changes it."""
        psycopg = self.psycopg()
        with psycopg.connect(self.standby.conninfo("estate", "alice"), autocommit=True) as alice:
            def places():
                return [row[0] for row in alice.execute("select name from app.place order by name")]

            def after(change):
                self.primary.psql("estate", change)
                self.catch_up()
                return places()

            self.assertEqual(places(), ["village"])
            self.assertEqual(after("update tenancy.roles set read_access = 'home_relatedtenants', write_access = 'home' "
                                   "where name = 'reader'; insert into tenancy.user_roles select u.id, r.id from tenancy.users u, "
                                   "tenancy.roles r where u.db_role = 'alice' and r.name = 'reader'"), ["valley", "village"])
            self.assertEqual(after("delete from tenancy.user_roles using tenancy.roles r where role_id = r.id and r.name = 'reader'"),
                             ["village"])
            self.assertEqual(after("update tenancy.tenants set status = 'inactive' where name = 'north-east'"), [])
            self.assertEqual(after("update tenancy.tenants set status = 'active' where name = 'north-east'"), ["village"])
            self.assertEqual(after("update tenancy.users set login_enabled = false where db_role = 'alice'"), [])
            self.assertEqual(after("select tenancy.set_mode('off')"), ["beach", "valley", "village"])
            self.assertEqual(after("select tenancy.set_mode('enforce')"), [])

    def test_rights_are_as_new_as_rows(self):
        """One commit takes a right away and writes a row that it would show. A block that runs meanwhile sees neither row nor right,
        though the commit is older than another one that its snapshots show already."""
        psycopg = self.psycopg()
        block = """
            do $$
            declare
              seen integer;
            begin
              perform from app.paper;
              for nth in 1 .. 60 loop
                select count(*) into seen from app.paper where title = 'late';
                if seen > 0 then
                  raise 'seen';
                end if;
                perform pg_sleep(0.05);
              end loop;
              if exists (select from app.paper) then
                raise 'the right is still there';
              end if;
            end
            $$"""
        with psycopg.connect(self.primary.conninfo("estate", "postgres")) as late, ThreadPoolExecutor() as beside:
            late.execute("update tenancy.users set login_enabled = false where db_role = 'alice'")
            late.execute("insert into app.paper (id, tenant_id, title) select 900, app.t('north-east'), 'late'")
            self.primary.psql("estate", "create table app.later ()")
            self.catch_up()
            running = beside.submit(self.standby.psql, "estate", block, "alice")
            time.sleep(1)
            late.commit()
            running.result()
