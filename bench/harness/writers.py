"""Eight sessions that write rows of one tenant at the same time, a row a transaction: without a quota, and with one."""

import threading
import time

from . import world
from .competitors import OURS
from .race import race
from .results import Case
from .session import Session

WRITERS = 8
FREE, LIMITED = "without a quota", "with a quota"
PROCEDURE = """
create procedure pg_temp.write(times integer) language plpgsql as $bench$
begin
  for turn in 1..times loop
    insert into {table} (tenant_id, note) values ('{tenant}', 'new');
    commit;
  end loop;
end
$bench$
"""


def measure(bench):
    database = "writers"
    world.start(bench, database)
    world.script(bench, database, "writers")
    owner = bench.connect(database)
    tenant = owner.execute("select id from bench.tenant where nth = 500").fetchone()[0]
    runs = {name: together(bench, database, table, tenant) for name, table in ((FREE, "firm.free"), (LIMITED, "firm.limited"))}
    # as a server that keeps what was committed
    for setting in ("off", "on"):
        owner.execute(f"alter system set fsync = {setting}")
        owner.execute(f"alter system set synchronous_commit = {setting}")
        owner.execute("select pg_reload_conf()")
        time.sleep(0.5)
        outcome = race(runs, (FREE, LIMITED), bench.seconds * 4, 200)
        yield Case("quotas", f"{WRITERS} writers", f"fsync {setting}", outcome, competitors=[FREE, LIMITED],
                   base=FREE, measured=LIMITED)
    owner.close()


def together(bench, database, table, tenant):
    sessions = [Session(bench, database, OURS) for _ in range(WRITERS)]
    for session in sessions:
        session.execute(f"select tenancy.enter_tenant('{tenant}', 'member', true)")
        session.execute(PROCEDURE.format(table=table, tenant=tenant))

    def run(times):
        began = time.perf_counter()
        threads = [threading.Thread(target=session.execute, args=(f"call pg_temp.write({times})",)) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (time.perf_counter() - began) * 1000 / times / WRITERS
    return run
