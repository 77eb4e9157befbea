"""Reading: each query, for one tenant, 20, 500 and all, in a single process and with two workers."""

import contextlib
import re

from . import plans, world
from .competitors import HAND, OURS, TITLES, all_tenants
from .queries import QUERIES, written
from .race import race
from .results import Case
from .session import Session

KEYS = """select n from generate_series(1::bigint, {rows} / 2) n join bench.tenant t on t.nth = n %% 1000
  where t.id = any (%s::uuid[]) order by n * 7919 %% 104729 limit 100"""
TABLES = {"orders": "o", "customers": "c", "products": "q", "events": "e"}


def measure(bench):
    database = world.fill(bench, "reads")
    owner = bench.connect(database)
    for tenants in all_tenants(owner):
        keys = [row[0] for row in owner.execute(KEYS.format(rows=bench.rows), [tenants.ids])]
        sessions = {name: Session(bench, database, name) for name in tenants.shape.able()}
        for session in sessions.values():
            session.act_for(tenants)
        for workers in (0, 2):
            for session in sessions.values():
                session.execute(f"set max_parallel_workers_per_gather = {workers}")
                session.stay_on_one_cpu(not workers)
            for query in QUERIES:
                with settings(sessions, query):
                    yield from compared(bench, query, tenants, sessions, keys, workers)
        for session in sessions.values():
            session.stay_on_one_cpu(True)
        for query in QUERIES:
            with settings(sessions, query):
                yield planning(bench, query, tenants, sessions, keys)
        yield from estimates(sessions, tenants)
        for session in sessions.values():
            session.close()


@contextlib.contextmanager
def settings(sessions, query):
    """The query's own settings in all sessions, as long as it is looked at."""
    for session in sessions.values():
        for setting in query.settings:
            session.execute(f"set {setting}")
    yield
    for session in sessions.values():
        for setting in query.settings:
            session.execute(f"reset {setting.split()[0]}")


def compared(bench, query, tenants, sessions, keys, workers):
    texts = {name: written(query, tenants, name, bench.rows) for name in sessions}
    plan = {name: plans.explained(sessions[name], constants(texts[name], keys, tenants))["Plan"] for name in (HAND, OURS)}
    # with two workers only what by hand runs with two workers
    if workers and not plans.parallel(plan[HAND]):
        return
    runs = {name: session.timed(texts[name], keys, tenants.ids, query.writes) for name, session in sessions.items()}
    outcome = race(runs, (HAND, OURS), bench.seconds, len(keys) if query.writes else 100_000)
    shapes = {name: plans.shape(node) for name, node in plan.items()}
    yield Case("reads", query.name, tenants.shape.name, outcome, workers=workers, goal=1.15, plans=shapes, competitors=list(TITLES))


def planning(bench, query, tenants, sessions, keys):
    runs = {name: sessions[name].planned(constants(written(query, tenants, name, bench.rows), keys, tenants)) for name in (HAND, OURS)}
    outcome = race(runs, (HAND, OURS), bench.seconds / 2)
    return Case("planning time", query.name, tenants.shape.name, outcome, goal=1.2, competitors=[HAND, OURS])


def constants(text, keys, tenants):
    """The text as it is outside of the loop, for EXPLAIN."""
    text = re.sub(r"\bkey\b", str(keys[0]), text)
    return re.sub(r"\bmine\b", f"('{{{','.join(tenants.ids)}}}'::uuid[])", text)


def estimates(sessions, tenants):
    for table in TABLES:
        expected, found = plans.estimate(sessions[OURS], f"select * from ours.{table}")
        yield Case.figure("row estimates", table, tenants.shape.name, {"expected rows": expected, "rows": found},
                          max(expected, found, 1) / max(min(expected, found), 1), goal=2)
