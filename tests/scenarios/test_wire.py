"""The protocol, message by message: portals that are suspended, pipelines, function calls, the startup packet. First against row
security made by hand (app.rolled, with a policy on the setting app.tenant), then against pg_tenancy."""

from devtools import paths
from runner.scenario import Scenario
from runner.wire import SYNC, Wire, bind, call, execute, parse, run

NAMES = "select name from app.item"
ROLLED = "select name from app.rolled"
LOST = "ERROR 40001 the query cannot go on with the rights that it began with"
SECOND = "ERROR 25001 this transaction already acts for somebody else"


class Messages(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, """
            insert into tenancy.tenants (name) values ('provider'), ('one'), ('two');
            create table app.item (id bigint generated always as identity primary key, tenant_id uuid not null, name text);
            insert into app.item (tenant_id, name)
              select id, name || '-' || n from tenancy.tenants, generate_series(1, 25) n where kind = 'tenant' order by n;
            select from tenancy.protect('app.item', 'required');
            create table app.rolled (like app.item);
            insert into app.rolled select * from app.item;
            alter table app.rolled enable row level security, force row level security;
            create policy tenant on app.rolled using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
            grant select on app.item, app.rolled to app;
            grant execute on function tenancy.enter_tenant to app;
        """)
        found = self.cluster.psql(self.db, "select name, id from tenancy.tenants where kind = 'tenant'")
        self.ids = dict(line.split("|") for line in found.split())

    def session(self, user="app", **settings):
        session = Wire(self.cluster, self.db, user, **settings)
        self.addCleanup(session.close)
        return session

    def enter(self, tenant, for_session=False):
        return f"select tenancy.enter_tenant('{self.ids[tenant]}', for_session => {for_session})"

    def claim(self, tenant):
        """To enter, by hand."""
        return f"set local app.tenant = '{self.ids[tenant]}'"

    @staticmethod
    def whose(answers):
        return {row[0].partition("-")[0] for row in answers if isinstance(row, tuple) and row[0]}

    def each_scan(self):
        """Sessions whose plans read the table by each kind of scan."""
        for scan in ("seqscan", "indexscan", "bitmapscan"):
            session = self.session()
            for other in {"seqscan", "indexscan", "bitmapscan"} - {scan}:
                session.query(f"set enable_{other} = off")
            with self.subTest(scan):
                yield session

    def test_portals(self):
        """A portal that was left suspended gives no more rows than its session may have by then."""
        portal = (parse(NAMES), bind("portal"), execute("portal", 2), SYNC)
        more = (execute("portal", 2), SYNC)
        rolled = self.session()
        rolled.query(f"begin; {self.claim('one')}")
        self.assertEqual(self.whose(rolled.send(parse(ROLLED), bind("portal"), execute("portal", 2), SYNC)), {"one"})
        rolled.query(self.claim("two"))
        self.assertEqual(self.whose(rolled.send(*more)), {"two"})
        rolled.query("rollback")
        for session in self.each_scan():
            # left
            session.query("begin")
            session.query(self.enter("one"))
            self.assertEqual(self.whose(session.send(*portal)), {"one"})
            self.assertEqual(self.whose(session.send(*more)), {"one"})
            session.query("select tenancy.leave()")
            self.assertEqual(session.send(*more), [LOST])
            session.query("rollback")
            # the context is reset
            session.query(self.enter("one", for_session=True))
            session.query("begin")
            session.send(*portal)
            session.query("reset all")
            self.assertEqual(session.send(*more), [LOST])
            session.query("rollback")
        for session in self.each_scan():
            # bound before the entry, suspended in a savepoint that is rolled back
            session.query("set plan_cache_mode = force_generic_plan")
            session.query(self.enter("two", for_session=True))
            session.send(parse(NAMES, "names"), bind("", "names"), execute(), SYNC)
            session.query("begin")
            session.send(bind("portal", "names"), SYNC)
            session.query("savepoint here")
            session.query(self.enter("one"))
            self.assertEqual(self.whose(session.send(*more)), {"one"})
            session.query("rollback to here")
            self.assertEqual(session.send(*more), [LOST])
            session.query("rollback")
        for session in self.each_scan():
            # taken away by somebody else
            session.query("begin")
            session.query(self.enter("one"))
            session.send(*portal)
            self.cluster.psql(self.db, "update tenancy.tenants set status = 'inactive' where name = 'one'")
            self.assertEqual(session.send(*more), [LOST])
            session.query("rollback")
            self.cluster.psql(self.db, "update tenancy.tenants set status = 'active' where name = 'one'")

    def test_collected(self):
        """What RETURNING and EXECUTE have collected for a portal before its first row stays there until the transaction ends."""
        session = self.session()
        session.query(f"prepare names as {NAMES}")
        self.cluster.psql(self.db, "grant update on app.item to app")
        for collected in ("update app.item set name = name returning name", "execute names"):
            session.query("begin")
            session.query(self.enter("one"))
            self.assertEqual(self.whose(session.send(parse(collected), bind("portal"), execute("portal", 2), SYNC)), {"one"})
            session.query("select tenancy.leave()")
            self.assertEqual(self.whose(session.send(execute("portal", 2), SYNC)), {"one"})
            session.query("commit")
            self.assertEqual(session.send(execute("portal", 2), SYNC), ['ERROR 34000 portal "portal" does not exist'])

    def test_pipelines(self):
        """Many messages before the server is asked to be ready: each is judged by the context in force when it runs."""
        session = self.session()
        answers = session.send(*run("begin"), *run(self.claim("one")), *run(ROLLED), *run(self.claim("two")), *run(ROLLED), SYNC)
        self.assertEqual(self.whose(answers), {"one", "two"})
        session.query("rollback")
        one, two = run(self.enter("one")), run(self.enter("two"))
        # parsed and bound by nobody, executed for one, then for nobody; a second identity is refused
        answers = session.send(parse(NAMES, "names"), bind("portal", "names"), *one, execute("portal", 2), *two, SYNC)
        self.assertEqual((self.whose(answers), answers[-1]), ({"one"}, SECOND))
        answers = session.send(*one, bind("portal", "names"), execute("portal", 2), *run("select tenancy.leave()"),
                               execute("portal", 2), SYNC)
        self.assertEqual((self.whose(answers), answers[-1]), ({"one"}, LOST))
        # an error in the middle takes the context with it
        answers = session.send(*one, *run("select 1 / 0"), bind("", "names"), execute(), SYNC)
        self.assertEqual((self.whose(answers), answers[-1]), (set(), "ERROR 22012 division by zero"))
        self.assertEqual(session.send(bind("", "names"), execute(), SYNC), ["SELECT 0"])
        # a commit in the middle ends it, and the portal
        answers = session.send(*run("begin"), *one, bind("portal", "names"), execute("portal", 2), *run("commit"),
                               execute("portal", 2), SYNC)
        self.assertEqual((self.whose(answers), answers[-1]), ({"one"}, 'ERROR 34000 portal "portal" does not exist'))
        # the same statement for one after the other
        for tenant in ("one", "two", "one"):
            answers = session.send(*run(self.enter(tenant)), bind("", "names"), execute(), SYNC)
            self.assertEqual((self.whose(answers), len(answers)), ({tenant}, 28))
        # one text with several statements is one transaction, until it says otherwise
        answers = session.query(f"{self.enter('one')}; {NAMES}; {self.enter('two')}")
        self.assertEqual((self.whose(answers), answers[-1]), ({"one"}, SECOND))
        answers = session.query(f"{self.enter('one')}; commit; {NAMES}")
        self.assertEqual(answers[-1], "SELECT 0")

    def test_function_calls(self):
        """Function calls past parser and planner: with any arguments, an answer or an error, never more than by SQL."""
        listed = self.cluster.psql(self.db, """
            select p.oid, p.proname, p.pronargs from pg_proc p where p.pronamespace = 'tenancy'::regnamespace order by 1""")
        functions = [(int(oid), name, int(count)) for oid, name, count in (line.split("|") for line in listed.split())]
        enter = next(oid for oid, name, count in functions if name == "enter_tenant")
        asked = {name: oid for oid, name, count in functions if count == 0 or name == "can_read" and count == 1}
        session = self.session()
        set_config = int(self.cluster.psql(self.db, "select 'set_config'::regproc::oid"))
        session.send(call(set_config, "app.tenant", self.ids["one"], "f"))
        self.assertEqual(self.whose(session.query(ROLLED)), {"one"})
        session.query("begin")
        session.send(call(enter, self.ids["one"], "member", "f"))
        self.assertEqual(session.send(call(asked["current_tenant"])), [(self.ids["one"],)])
        self.assertEqual(session.send(call(asked["readable_tenants"])), [("{" + self.ids["one"] + "}",)])
        self.assertEqual(session.send(call(asked["can_read"], self.ids["one"])), [("t",)])
        self.assertEqual(session.send(call(asked["can_read"], self.ids["two"])), [("f",)])
        self.assertEqual(session.send(call(enter, self.ids["two"], "member", "f")), [SECOND])
        session.query("rollback")
        self.assertEqual(session.send(call(asked["current_tenant"])), [(None,)])
        for oid, _, count in functions:
            for value in (None, "", "1", self.ids["two"], "app.item"):
                session.query("begin")
                session.query(self.enter("one"))
                session.send(call(oid, *[value] * count))
                session.query("rollback")
        self.assertEqual(session.query(NAMES), ["SELECT 0"])
        self.assertEqual(self.cluster.psql(self.db, "select count(*) from tenancy.tenants where name in ('one', 'two')"), "2\n")

    def test_startup(self):
        """Settings that a client brings with it say nothing, or prove themselves."""
        for settings in ({"app.tenant": self.ids["one"]}, {"options": f"-c app.tenant={self.ids['one']}"}):
            self.assertEqual(self.whose(self.session(**settings).query(ROLLED)), {"one"})
        context = f"tenant {self.ids['one']} member"
        for settings in ({"tenancy.context": context}, {"options": "-c tenancy.context=" + context.replace(" ", "\\ ")}):
            session = self.session(**settings)
            self.assertEqual(session.query(NAMES)[-1], "SELECT 0")
            self.assertEqual(session.query("select current_setting('tenancy.context')")[0], ("",))
        session = self.session(**{"tenancy.token": "e30.e30.AA"})
        self.assertEqual(session.query(NAMES), ["ERROR 28000 the token cannot be read"])
        self.assertEqual(session.query(self.enter("one")), ["ERROR 28000 the token cannot be read"])
        session = self.session()
        for command in (f"alter role app set tenancy.context = '{context}'",
                        f"alter role app in database {self.db} set tenancy.context = '{context}'",
                        f"create function pg_temp.f() returns bigint language sql set tenancy.context = '{context}' as 'select 1'"):
            self.assertIn("42501", session.query(command)[0])
        # before the library is loaded it is a word like any other, and gone when that is
        session = self.session()
        self.assertEqual(session.query(f"set tenancy.context = '{context}'"), ["SET"])
        self.assertEqual(session.query(NAMES)[-1], "SELECT 0")
        self.assertEqual(session.query(f"begin; {self.enter('one')}; {NAMES}")[-1], "SELECT 25")


class Nodes(Scenario):
    IN_PARALLEL = ("parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0")

    def test_held_back(self):
        """A suspended portal gives no further row to who has left, whatever node of the plan holds it back."""
        db = self.database()
        self.cluster.psql_file(db, paths.ROOT / "tests/pg_regress/include/nodes.sql")
        listed = self.cluster.psql(db, "select node, array_to_string(off, ','), query from app.nodes").splitlines()
        self.assertGreaterEqual(len(listed), 41)
        session = Wire(self.cluster, db, "app")
        self.addCleanup(session.close)
        for node, off, query in (line.split("|", 2) for line in listed):
            with self.subTest(node):
                session.query("begin")
                for setting in [f"enable_{way} = off" for way in off.split(",") if way] + list(self.IN_PARALLEL * ("Gather" in node)):
                    self.assertEqual(session.query(f"set local {setting}"), ["SET"])
                session.query("call app.enter_several()")
                plan = "\n".join(str(row[0]) for row in session.query(f"explain (costs off) {query}") if isinstance(row, tuple))
                self.assertRegex(plan, rf"(?m)^ *(-> *)?{node}\b")
                first = session.send(parse(query), bind("portal"), execute("portal", 2), SYNC)
                self.assertEqual((len(first), first[-1]), (3, "suspended"))
                session.query("select tenancy.leave()")
                self.assertEqual(session.send(execute("portal", 2), SYNC), [LOST])
                session.query("rollback")
