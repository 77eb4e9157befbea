"""Statements stopped at any moment by cancels and timeouts: the session goes on, and acts for nobody else than it says."""

import collections
import threading

from devtools import paths

from runner.chance import chance
from runner.scenario import Scenario

SETUP = rf"""
\i {paths.ROOT / "tests/pg_regress/include/world.sql"}
set role owner;
create table app.parts (id bigint, tenant_id uuid not null, v integer) partition by hash (id);
create table app.parts_0 partition of app.parts for values with (modulus 2, remainder 0);
create table app.parts_1 partition of app.parts for values with (modulus 2, remainder 1);
create table app.counted (id bigint generated always as identity primary key, tenant_id uuid not null, document integer references app.documents);
select tenancy.protect('app.parts', 'required'), tenancy.protect('app.counted', 'required');
grant select, insert, update, delete on app.parts, app.counted to public;
reset role;
insert into app.parts select n, t.id, n from tenancy.tenants t, generate_series(1, 300) n where t.kind not in ('default', 'none');
insert into tenancy.quotas (tenant_id, relation, max_rows) select id, 'app.counted', 1000 from tenancy.tenants where name in ('Acme', 'Globex');
analyze;
"""

# Whoever reads other tenants than these has got them by the interruption.
READ = {None: (0, 0), "ann": (2, 300), "mia": (4, 900), "ona": (3, 600), "gus": (2, 300), "ada": (7, 1500)}
SEEN = "select (select count(*) from app.documents)::integer, (select count(*) from app.parts)::integer"

LEAVE = "select tenancy.leave()"
WORK = [
    "select count(*) from app.documents d join app.parts p on p.tenant_id = d.tenant_id",
    "insert into app.counted (tenant_id, document) select tenant_id, id from app.documents, generate_series(1, 5) where tenant_id = tenancy.readable_tenants()[1]",
    "delete from app.counted where id % 2 = 0",
    "update app.parts set v = v + 1 where id < 50",
    "update app.documents set title = title || '' where tenant_id = tenancy.readable_tenants()[1]",
    "select count(*) from tenancy.export_tenant(tenancy.readable_tenants()[1])",
    "select count(*) from tenancy.violations()",
    "select count(*) from tenancy.refresh_statistics()",
    "select count(*) from tenancy.lint()",
    "select count(*) from tenancy.tenants, tenancy.users, tenancy.roles",
    "select tenancy.explain_access('app.documents', '{\"id\": 1}')",
    LEAVE,
    "savepoint s; select tenancy.leave(); rollback to s",
    "savepoint s; call app.act_as('gus'); rollback to s",
    "declare c cursor for select * from app.parts; fetch 10 from c",
    "set local jit_above_cost = 0; set local debug_parallel_query = on; select sum(v) from app.parts",
]
PARALLEL = ("debug_parallel_query", "force_parallel_mode")    # as it is called before 16

ERRORS = "select code, object from tenancy.lint() where severity = 'error' order by 1, 2"
QUOTAS = """select t.name, tenancy.quota_used(q.id), (select count(*) from app.counted c where c.tenant_id = t.id)
            from tenancy.quotas q join tenancy.tenants t on t.id = q.tenant_id"""


class Interrupted(Scenario):
    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, SETUP)
        self.pg = self.psycopg()
        self.stopped = collections.Counter()

    def connect(self, user):
        return self.pg.connect(self.cluster.conninfo(self.db, user), autocommit=True)

    @chance(seconds=6)
    def test_contexts(self, dice):
        with self.connect("postgres") as watcher:
            self.errors = watcher.execute(ERRORS).fetchall()
            for _ in dice.rounds():
                with self.connect("app") as session:
                    self.lasting = None
                    for _ in range(dice.randrange(1, 30)):
                        dice.cases += 1
                        self.interrupt(dice, watcher, session)
                        self.assertEqual(session.execute(SEEN).fetchone(), READ[self.lasting], f"as {self.lasting} after {self.said}")
            self.assertEqual(watcher.execute("select relation, rule from tenancy.violations()").fetchall(), [])
            self.assertEqual(watcher.execute(ERRORS).fetchall(), self.errors)
            for tenant, used, rows in watcher.execute(QUOTAS).fetchall():
                self.assertGreaterEqual(used or 0, rows if used else 0, tenant)
        self.assertGreater(self.stopped["57014"], 0)

    def interrupt(self, dice, watcher, session):
        """One transaction, entered by somebody, which something may stop; what it leaves the session to be is `lasting`."""
        who, stays = dice.choice([who for who in READ if who]), dice.random() < 0.2
        if self.lasting and dice.random() < 0.5:
            who, stays = None, False
        statements = dice.choices(WORK, k=dice.randrange(1, 4))
        self.said = (who, stays, statements)
        milliseconds = dice.choice((1, 2, 5, 20, 100))
        by_cancel = dice.random() < 0.5
        canceller = threading.Timer(milliseconds / 1000, watcher.execute, ["select pg_cancel_backend(%s)", [session.info.backend_pid]])
        if by_cancel:
            canceller.start()
        try:
            session.execute("begin" if by_cancel else f"begin; set local statement_timeout = {milliseconds}")
            if who:
                session.execute(f"call app.act_as('{who}', for_session => {stays})")
            for statement in statements:
                session.execute(statement if self.major > 15 else statement.replace(*PARALLEL))
            session.execute("commit")
            if stays or LEAVE in statements:
                self.lasting = None if LEAVE in statements else who
        except self.pg.Error as error:
            self.stopped[error.sqlstate] += 1
            self.assertFalse(error.sqlstate.startswith("XX"), f"{error} in {self.said}")
        if by_cancel:
            canceller.join()
        session.execute("rollback")
