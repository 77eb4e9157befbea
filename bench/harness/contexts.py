"""Entering: what a transaction costs that says on whose behalf it acts and then reads one row."""

from . import world
from .competitors import HAND, OURS
from .race import race
from .results import Case
from .session import Session

SETTING = "setting"
PROCEDURE = """
create procedure pg_temp.transactions(times integer, inout ms double precision) language plpgsql as $bench$
declare
  tenants constant uuid[] := array(select id from bench.tenant where nth < 100 order by nth);
  tenant uuid;
  began timestamptz := clock_timestamp();
begin
  for turn in 0..times - 1 loop
    tenant := tenants[1 + turn % 100];
    {enter};
    perform * from {schema}.orders o where o.id = 1000 + turn % 100{where};
    commit;
  end loop;
  ms := extract(epoch from clock_timestamp() - began) * 1000 / times;
end
$bench$
"""
SET = "perform set_config('bench.tenant', tenant::text, true)"
WAYS = {
    SETTING: {"enter": SET, "schema": "plain", "where": ""},
    OURS: {"enter": "perform tenancy.enter_tenant(tenant)", "schema": "ours", "where": ""},
    HAND: {"enter": SET, "schema": "ours", "where": " and o.tenant_id = tenant"},
}
SWITCHES = 100
# Each of the tenants gets one below it, so that a role that reads both reads several.
SEVERAL = f"""
insert into tenancy.roles (name, read_access) values ('below', 'home_subtenants');
update tenancy.tenants set allows_subtenants = true where id in (select id from bench.tenant where nth < {SWITCHES});
insert into tenancy.tenants (name, parent_id) select 'Below ' || nth, id from bench.tenant where nth < {SWITCHES};
"""


def measure(bench):
    database = "contexts"
    world.start(bench, database)
    world.script(bench, database, "world", schema="plain", rows=max(bench.rows // 10, 10_000))
    world.script(bench, database, "world", schema="ours", rows=max(bench.rows // 10, 10_000))
    world.let_compete(bench, database, "plain", world.READ)
    world.protect(bench, database, "ours", world.READ)

    def run(name):
        session = Session(bench, database, name)
        session.execute(PROCEDURE.format(**WAYS[name]))
        return lambda times: session.execute(f"call pg_temp.transactions({times}, null)").fetchone()[0]
    outcome = race({name: run(name) for name in WAYS}, (SETTING, OURS), bench.seconds * 2, 1000)
    yield Case("context", "enter and read one row", "", outcome, goal=1.15, competitors=list(WAYS), base=SETTING)
    bench.cluster.psql(database, SEVERAL)
    for shape, role in (("one to one", "member"), ("several to several", "below"), ("all to all", "everywhere")):
        again = plans_made(bench, database, role)
        yield Case.figure("context", "plans made again", shape, {"switches": SWITCHES - 1, "plans": again}, 1 + again, goal=1)


def plans_made(bench, database, role):
    """How often the server plans, once a prepared statement has been executed for one tenant, until it has been executed for the
    others. The server tells of each planning (log_planner_stats), and counts executions of kept plans (pg_prepared_statements)."""
    bench.cluster.psql(database, "alter role bench_ours set log_planner_stats = on")
    connection, told = bench.connect(database, "bench_ours"), []
    bench.cluster.psql(database, "alter role bench_ours reset log_planner_stats")
    for statement in ("set plan_cache_mode = force_generic_plan", f"prepare act(uuid) as select tenancy.enter_tenant($1, '{role}')",
                      "prepare look(bigint) as select * from ours.orders o where o.id = $1"):
        connection.execute(statement)
    tenants = [row[0] for row in connection.execute("select id from bench.tenant order by nth limit %s", [SWITCHES])]
    connection.execute("set client_min_messages = log")
    connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
    for number, tenant in enumerate(tenants):
        with connection.transaction():
            connection.execute(f"execute act('{tenant}')")
            connection.execute(f"execute look({1000 + number})")
        if number == 0:
            told.clear()
    again = sum("PLANNER" in text for text in told)
    executed = connection.execute("select generic_plans from pg_prepared_statements where name = 'look'").fetchone()[0]
    assert executed == SWITCHES, f"{executed} executions of the kept plan"
    return again
