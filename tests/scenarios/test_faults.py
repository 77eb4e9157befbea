"""Backends and servers that are killed in the middle of things: what is left keeps every rule."""

import os
import signal
import threading
import time

from runner.chance import chance
from runner.scenario import Scenario

SECONDS = 20

SETUP = """
update tenancy.installation set max_depth = 0;
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, allows_subtenants) select 't' || n, true from generate_series(1, 20) n;
update tenancy.tenants t set parent_id = (select id from tenancy.tenants where name = 't1') where t.name in ('t2', 't3', 't4');
update tenancy.tenants t set parent_id = (select id from tenancy.tenants where name = 't2') where t.name in ('t5', 't6');
create function app.t(integer) returns uuid stable language sql
  begin atomic select id from tenancy.tenants where name = 't' || $1; end;
create table app.parent (id bigint primary key, tenant_id uuid not null, note text);
create table app.child (id bigint generated always as identity primary key, tenant_id uuid not null,
  parent bigint references app.parent, later bigint references app.parent deferrable initially deferred);
create index on app.child (parent);
create index on app.child (later);
select from tenancy.protect('app.parent', 'required');
select from tenancy.protect('app.child', 'required');
insert into app.parent select n, app.t(1 + n % 20) from generate_series(1, 400) n;
insert into app.child (tenant_id, parent) select tenant_id, id from app.parent, generate_series(1, 10);
create table app.rolled_parent as select * from app.parent;
create table app.rolled_child as select * from app.child;
alter table app.rolled_parent enable row level security, force row level security;
alter table app.rolled_child enable row level security, force row level security;
create table app.counted (id bigint generated always as identity primary key, tenant_id uuid not null);
select from tenancy.protect('app.counted', 'required');
insert into tenancy.quotas (tenant_id, relation, max_rows) select app.t(n), 'app.counted', 200 from generate_series(1, 3) n;
create table app.adopted (id integer primary key);
insert into app.adopted select generate_series(1, 20000);
call tenancy.adopt('app.adopted', 'required', tenant_expression => 'app.t(1 + id % 3)');
checkpoint;
"""

# Several transactions: those of an adoption, from the beginning.
ADOPT = "call tenancy.adopt('app.adopted', 'required', tenant_expression => 'app.t(1 + id % 3)')"
ANEW = ["select tenancy.release('app.adopted')", "alter table app.adopted drop column tenant_id", ADOPT]
# Called again it goes on from where it was.
ADOPT_AGAIN = f"""select $${ADOPT}$$ where not exists (
  select from tenancy.protected_tables where relation = 'app.adopted'::regclass) \\gexec
"""

# What is under way when the kill comes; each is one transaction that takes a while.
UNDER_WAY = [
    "begin; update tenancy.tenants set parent_id = app.t(7) where id = app.t(3); select pg_sleep({s}); commit",
    "begin; update tenancy.tenants set parent_id = null where id = app.t(2); select pg_sleep({s}); commit",
    "begin; update tenancy.tenants set status = 'inactive' where id = app.t(9); select pg_sleep({s}); commit",
    "insert into app.child (tenant_id, parent, later) select tenant_id, id, id from app.parent, generate_series(1, 200)",
    "with p as (update app.parent set tenant_id = app.t(11) where tenant_id = app.t(12) returning id) "
    "update app.child c set tenant_id = app.t(11) from p where c.parent = p.id",
    # the same by hand
    "begin; alter table app.rolled_child disable row level security; alter table app.rolled_parent disable row level security; "
    "with p as (update app.rolled_parent set tenant_id = app.t(11) where tenant_id = app.t(12) returning id) "
    "update app.rolled_child c set tenant_id = app.t(11) from p where c.parent = p.id; select pg_sleep({s}); "
    "alter table app.rolled_child enable row level security; alter table app.rolled_parent enable row level security; commit",
    "begin; delete from app.child where tenant_id = app.t(14); delete from app.parent where tenant_id = app.t(14); "
    "insert into app.parent select n, app.t(15) from generate_series(1000, 3000) n on conflict do nothing; "
    "select pg_sleep({s}); commit",
    "begin; update tenancy.tenants set status = 'inactive' where id = app.t(16); "
    "select from tenancy.delete_tenant(app.t(16)); select pg_sleep({s}); commit",
    "begin; insert into app.counted (tenant_id) select app.t(1 + n % 3) from generate_series(1, 60) n; select pg_sleep({s}); commit",
    "begin; savepoint a; insert into app.counted (tenant_id) select app.t(1) from generate_series(1, 90); rollback to a; "
    "delete from app.counted where tenant_id = app.t(2) and id % 2 = 0; select pg_sleep({s}); commit",
    "update app.counted set tenant_id = app.t(1) where tenant_id = app.t(3) and id % 3 = 0",
    "begin; select from tenancy.release('app.child'); select from tenancy.protect('app.child', 'required'); select pg_sleep({s}); commit",
    "; ".join(ANEW),
]

ALL_WELL = """
select 'by hand', c.id from app.rolled_child c join app.rolled_parent p on p.id = c.parent and p.tenant_id <> c.tenant_id;
select 'by hand', relname from pg_class where relname ~ '^rolled_(parent|child)$' and not relrowsecurity;
select 'violation', relation, rule, key from tenancy.violations();
select 'mended', relation, mended from tenancy.protected_tables, tenancy.mend(relation) mended;
select 'counted wrongly', q.tenant_id, c.rows, q.max_rows - r.unused
from tenancy.quotas q
cross join lateral (select count(*) from app.counted c where c.tenant_id = q.tenant_id) c (rows)
cross join lateral (select sum(room) from tenancy.quota_room where quota_id = q.id) r (unused)
where c.rows > q.max_rows or c.rows <> q.max_rows - r.unused;
select 'not adopted', a.id from app.adopted a where (to_jsonb(a) ->> 'tenant_id')::uuid is distinct from app.t(1 + a.id % 3)
  and exists (select from tenancy.protected_tables where relation = 'app.adopted'::regclass);
select 'half a tenant', t.name from tenancy.tenants t where t.depth <> (select count(*) from tenancy.supertenants(t.id));
"""
LINT = "select code, severity, object, finding from tenancy.lint() order by 1, 2, 3, 4"


class Faults(Scenario):
    def setUp(self):
        # durable like a real server: what was committed is to survive
        self.own = self.start_cluster(name="faults", settings=("fsync = on", "synchronous_commit = on", "restart_after_crash = on"))
        self.own.createdb("faults", template="tenancy_template")
        self.own.psql("faults", SETUP)
        self.lint = self.own.psql("faults", LINT)
        self.pg = self.psycopg()
        self.story = []

    @chance(seconds=SECONDS)
    def test_killed_backend(self, dice):
        """kill -9 of one backend: the server restarts all, and recovers."""
        for _ in dice.rounds():
            self.disturbed(dice, lambda pids: self.kill_backend(dice, pids))

    @chance(seconds=SECONDS)
    def test_killed_server(self, dice):
        """kill -9 of the postmaster and all that it started: as if the machine had lost its power."""
        for _ in dice.rounds():
            self.disturbed(dice, self.kill_server)

    @chance(seconds=SECONDS)
    def test_cancelled(self, dice):
        """The gentle ways: a cancelled statement, a terminated session. The server stays up."""
        for _ in dice.rounds():
            self.disturbed(dice, lambda pids: self.own.psql(
                "faults", f"select pg_cancel_backend({dice.choice(pids)}), pg_terminate_backend({dice.choice(pids)})"))

    def kill_backend(self, dice, pids):
        """One that is still at work, if there is one."""
        busy = self.own.psql("faults", "select pid from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()").split()
        if victims := sorted(set(pids) & set(map(int, busy))):
            os.kill(dice.choice(victims), signal.SIGKILL)

    def kill_server(self, pids):
        postmaster = int((self.own.data / "postmaster.pid").read_text().split()[0])
        children = [int(pid) for pid in open(f"/proc/{postmaster}/task/{postmaster}/children").read().split()]
        for pid in (postmaster, *children):
            os.kill(pid, signal.SIGKILL)
        while any(alive(pid) for pid in (postmaster, *children)):
            time.sleep(0.02)
        # nothing of it runs any more, whatever its locks say
        (self.own.data / "postmaster.pid").unlink()
        (self.own.socket_folder / ".s.PGSQL.5432.lock").unlink()
        self.own.up()

    def disturbed(self, dice, strike):
        """Four transactions run side by side, one of which is struck; then all must be well."""
        dice.cases += 1
        texts = [text.format(s=round(dice.uniform(0, 0.3), 2)) for text in dice.sample(UNDER_WAY, 4)]
        self.story.append(" | ".join(texts))
        pids, ready = [], threading.Barrier(len(texts) + 1)
        threads = [threading.Thread(target=self.run_one, args=(text, pids, ready)) for text in texts]
        for thread in threads:
            thread.start()
        ready.wait()
        time.sleep(dice.uniform(0.01, 0.4))
        strike(pids)
        for thread in threads:
            thread.join()
        self.recovered()

    def run_one(self, text, pids, ready):
        try:
            with self.pg.connect(self.own.conninfo("faults"), autocommit=True) as connection:
                pids.append(connection.info.backend_pid)
                ready.wait()
                for statement in ANEW if text.endswith(ADOPT) else [text]:
                    connection.execute(statement)
        except self.pg.Error as error:
            self.story.append(f"{error.sqlstate}: {text[:60]}")

    def recovered(self):
        for _ in range(600):
            try:
                found = self.own.psql("faults", ALL_WELL)
                break
            except Exception as failure:    # say.Failure: not up again yet
                last = failure
                time.sleep(0.1)
        else:
            self.fail(f"the server did not come back: {last}")
        self.assertEqual(found, "", "\n".join(self.story))
        self.own.psql("faults", ADOPT_AGAIN)
        self.assertEqual(self.own.psql("faults", ALL_WELL), "", "\n".join(self.story))
        self.assertEqual(self.own.psql("faults", LINT), self.lint, "\n".join(self.story))


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
