"""Many tenants: what a database with a million of them does, against one with a thousand."""

import re
import time
from pathlib import Path

from . import world
from .race import Outcome, race
from .results import Case
from .session import Session

FEW, MANY = "1,000 tenants", "1,000,000 tenants"
CREATE = """insert into {table} (id, name, parent_id{columns})
  select p.id, p.name, a.id{values} from bench.plan p left join bench.plan a on a.n = p.above order by p.n"""
PLAIN = CREATE.format(table="bench.plain_tenants", columns="", values="")
TENANTS = CREATE.format(table="tenancy.tenants", columns=", allows_subtenants", values=", true")
TRANSACTIONS = """
create procedure pg_temp.transactions(times integer, inout ms double precision) language plpgsql as $bench$
declare
  tenants constant uuid[] := array(select id from bench.plan where n > 500 order by n limit 100);
  began timestamptz := clock_timestamp();
begin
  for turn in 0..times - 1 loop
    perform tenancy.enter_tenant(tenants[1 + turn % cardinality(tenants)]{role});
    commit;
  end loop;
  ms := extract(epoch from clock_timestamp() - began) * 1000 / times;
end
$bench$
"""


def measure(bench):
    many = 20_000 if bench.quick else 1_000_000
    sizes = {FEW: ("few", 1000), MANY: ("many", many)}
    for name, (database, tenants) in sizes.items():
        created = fill(bench, database, tenants)
        if name == MANY:
            yield Case("a million tenants", f"creating {many:,}", "", created, goal=10, competitors=list(created.ms), base="plain table",
                       measured="pg_tenancy")
    databases = {name: database for name, (database, _) in sizes.items()}
    yield from acting(bench, databases)
    yield from changing(bench, databases)
    yield from memory(bench, databases)
    yield from entering_many(bench, "many", many)


def fill(bench, database, tenants):
    """Makes the tenants; gives how long that took, and a plain table with the same reference."""
    world.start(bench, database, with_tenants=False)
    world.script(bench, database, "million", tenants=tenants)
    connection, took = bench.connect(database), {}
    for name, text in (("plain table", PLAIN), ("pg_tenancy", TENANTS)):
        began = time.perf_counter()
        connection.execute(text)
        took[name] = (time.perf_counter() - began) * 1000
    connection.close()
    world.script(bench, database, "million_rows")
    world.protect(bench, database, "ours", ("notes",))
    return Outcome(took, {"pg_tenancy": took["pg_tenancy"] / took["plain table"]})


def compared(bench, name, goal, runs, most=1000):
    outcome = race(runs, (FEW, MANY), bench.seconds * 2, most)
    return Case("a million tenants", name, "", outcome, goal=goal, competitors=[FEW, MANY], base=FEW, measured=MANY)


def acting(bench, databases):
    sessions = {name: Session(bench, database, "ours") for name, database in databases.items()}
    for session in sessions.values():
        session.execute(TRANSACTIONS.format(role=""))
    yield compared(bench, "entering one tenant", 1.2, {
        name: lambda times, session=session: session.execute(f"call pg_temp.transactions({times}, null)").fetchone()[0]
        for name, session in sessions.items()})
    for session in sessions.values():
        session.execute("select tenancy.enter_tenant((select id from bench.plan where n = 501), 'member', true)")
    keys = range(500, 100_000, 1000)
    yield compared(bench, "reading one row", 1.2, {
        name: session.timed("select * from ours.notes where id = key", keys) for name, session in sessions.items()}, 100_000)
    yield compared(bench, "inserting one row", 1.2, {
        name: session.timed("insert into ours.notes (id, tenant_id, note) values (1000000 + turn, tenancy.current_tenant(), 'new')", undo=True)
        for name, session in sessions.items()}, 200)
    for session in sessions.values():
        session.close()


def changing(bench, databases):
    sessions = {name: Session(bench, database, "administrator", "postgres") for name, database in databases.items()}
    for name, text in (
        ("adding a tenant", "insert into tenancy.tenants (name, parent_id) select 'New ' || turn, id from bench.plan where n = 500"),
        # the last hundred have nobody below them
        ("moving a leaf", "update tenancy.tenants set parent_id = (select id from bench.plan where n = 400) "
                          "where id = (select id from bench.plan order by n desc offset turn % 100 limit 1)"),
    ):
        yield compared(bench, name, 3, {who: session.timed(text, undo=True) for who, session in sessions.items()}, 50)
    for session in sessions.values():
        session.close()


def memory(bench, databases):
    """How much a backend grows by acting for one tenant, beyond what it grows by with few tenants."""
    grown = {name: sorted(growth(bench, database, "member", 501) for _ in range(5))[2] for name, database in databases.items()}
    more = max(grown[MANY] - grown[FEW], 0)
    yield Case.figure("a million tenants", "memory of a backend, one tenant", "", {FEW: grown[FEW], MANY: grown[MANY], "more": more},
                      more / 64, goal=1, unit="kB")


def entering_many(bench, database, tenants):
    session = Session(bench, database, "ours")
    session.execute(TRANSACTIONS.format(role=", 'subtree'").replace("n > 500 order by n limit 100", "n in (1, 500)"))
    # the same session may not see them all before it has entered
    owner = Session(bench, database, "administrator", "postgres")
    listed = owner.timed("select array_agg(id) from tenancy.tenants where name like 'Big %'")
    names = ("select array_agg(id)", "enter")
    # Every other transaction is another tenant's, which costs next to nothing: who comes back has to be worked out again.
    entered = lambda times: 2 * session.execute(f"call pg_temp.transactions({2 * times}, null)").fetchone()[0]
    outcome = race({names[0]: listed, names[1]: entered}, names, bench.seconds * 2, 10)
    title = f"entering {tenants // 10:,} tenants"
    yield Case("a million tenants", title, "", outcome, goal=5, competitors=list(names), base=names[0], measured=names[1])
    grown = growth(bench, database, "subtree", 1)
    yield Case.figure("a million tenants", f"memory of a backend, {tenants // 10:,} tenants", "", {"at most": 8192, "grown by": grown},
                      grown / 8192, goal=1, unit="kB")


def growth(bench, database, role, number):
    """By how many kB of its own a backend grows that enters and reads."""
    with bench.connect(database, "bench_ours") as connection:
        connection.execute("select tenancy.current_tenant(), id from bench.plan where n = 1")
        before = own_memory(connection.info.backend_pid)
        connection.execute(f"select tenancy.enter_tenant((select id from bench.plan where n = {number}), '{role}', true)")
        connection.execute("select * from ours.notes where id = 500")
        return own_memory(connection.info.backend_pid) - before


def own_memory(process):
    return int(re.search(r"RssAnon:\s*(\d+)", Path(f"/proc/{process}/status").read_text())[1])
