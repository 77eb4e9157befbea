"""Moving a subtree: what it costs must not depend on the rows of tenants that have nothing to do with it."""

from . import world
from .race import race
from .results import Case
from .session import Session

MOVE = """update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = case when turn % 2 = 0 then 'Here' else 'There' end)
  where name = 'Top'"""


def measure(bench):
    sizes = {f"{bench.rows // 100:,} rows of others": bench.rows // 100, f"{bench.rows:,} rows of others": bench.rows}
    few, many = sizes
    sessions = {}
    for name, rows in sizes.items():
        database = f"moving_{rows}"
        world.start(bench, database)
        world.script(bench, database, "moving", others=rows)
        world.protect(bench, database, "firm", ("customers", "orders"))
        sessions[name] = Session(bench, database, "administrator", "postgres")
    outcome = race({name: session.timed(MOVE, undo=True) for name, session in sessions.items()}, (few, many), bench.seconds * 2, 50)
    for session in sessions.values():
        session.close()
    yield Case("subtrees", "moving 21 tenants, 2,000 rows", "", outcome, goal=1.2, competitors=list(sizes), base=few, measured=many)
