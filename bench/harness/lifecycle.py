"""A tenant's life: adopting a table against UPDATE, exporting and importing against COPY."""

import time

from . import world
from .competitors import HAND, OURS
from .race import race
from .results import Case

BY_HAND = "update before.arrived r set tenant_id = {value}"
CUSTOMER = "(select c.tenant_id from before.customers c where c.id = {row}.customer_id)"
# does the table refer to one that has tenants; what becomes the tenant, by hand and for adopt()
ADOPTIONS = {
    "constant": (False, "'{tenant}'", "assign_to => '{tenant}'"),
    "expression": (True, CUSTOMER.format(row="r"), "tenant_expression => '" + CUSTOMER.format(row="arrived") + "'"),
    "reference": (True, CUSTOMER.format(row="r"), "by_reference => 'arrived_customer_id_fkey'"),
}
TABLES = ("customers", "orders")
OUT = " union all ".join(f"select to_jsonb(t) from shop.{table} t where tenant_id = '{{tenant}}'" for table in TABLES)


def measure(bench):
    yield from moving_rows(bench)
    yield from adopting(bench)


def compared(bench, name, shape, goal, runs):
    outcome = race(runs, (HAND, OURS), bench.seconds * 4, 1)
    return Case("lifecycle", name, shape, outcome, goal=goal)


def statements(connection, *texts, before=()):
    """A run that counts the time of some statements, but not of those before."""
    def run(_times):
        for text in before:
            connection.execute(text)
        began = time.perf_counter()
        for text in texts:
            connection.execute(text)
        return (time.perf_counter() - began) * 1000
    return run


def moving_rows(bench):
    """The tenant's rows as lines of JSON, and rows again. The server writes and reads files itself, so that no client counts."""
    database = "life"
    world.start(bench, database)
    world.script(bench, database, "lifecycle", rows=bench.rows)
    world.protect(bench, database, "shop", TABLES)
    owner = bench.connect(database)
    tenant = owner.execute("select id from bench.tenant where nth = 500").fetchone()[0]
    rows = f"{bench.rows + bench.rows // 10:,} rows"
    yield compared(bench, "export", rows, 2, {
        HAND: statements(owner, f"copy ({OUT.format(tenant=tenant)}) to '/dev/null'"),
        OURS: statements(owner, f"copy (select tenancy.export_tenant('{tenant}')) to '/dev/null'")})
    file = bench.cluster.data
    owner.execute(f"copy (select tenancy.export_tenant('{tenant}')) to '{file}/archive'")
    for table in TABLES:
        owner.execute(f"copy shop.{table} to '{file}/{table}'")
    empty = ("truncate shop.customers, shop.orders, bench.archive",)
    yield compared(bench, "import", rows, 3, {
        HAND: statements(owner, *(f"copy shop.{table} from '{file}/{table}'" for table in TABLES), before=empty),
        OURS: statements(owner, f"copy bench.archive (content) from '{file}/archive'", "select * from tenancy.import_tenant('bench.archive')",
                         before=empty)})
    owner.close()


def adopting(bench):
    """Each adoption takes a new copy of the table."""
    database = "adopting"
    world.start(bench, database)
    world.script(bench, database, "adopting", rows=bench.rows)
    world.protect(bench, database, "before", ("customers",))
    owner = bench.connect(database)
    tenant = owner.execute("select id from bench.tenant where nth = 500").fetchone()[0]
    for name, (refers, value, wish) in ADOPTIONS.items():
        yield compared(bench, f"adopt, {name}", f"{bench.rows:,} rows", 3, {
            HAND: statements(owner, BY_HAND.format(value=value.format(tenant=tenant)), before=(f"call bench.new_orders({refers}, true)",)),
            OURS: statements(owner, f"call tenancy.adopt('before.arrived', 'required', {wish.format(tenant=tenant)})",
                             before=(f"call bench.new_orders({refers}, false)",))})
    owner.close()
