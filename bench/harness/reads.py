"""Reading: each query, for one tenant, 20, 500 and all, in a single process and with two workers."""

import contextlib
import re

from . import plans, world
from .competitors import HAND, OURS, TITLES, all_tenants
from .queries import QUERIES, written
from .race import over_backends, race
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
        with backends(bench, database, tenants) as lives:
            for workers in (0, 2):
                for session in every(lives):
                    session.execute(f"set max_parallel_workers_per_gather = {workers}")
                    session.stay_on_one_cpu(not workers)
                for query in QUERIES:
                    with settings(lives, query):
                        yield from compared(bench, query, tenants, lives, keys, workers)
            for session in every(lives):
                session.stay_on_one_cpu(True)
            for query in QUERIES:
                with settings(lives, query):
                    yield planning(bench, query, tenants, lives, keys)
            yield from estimates(lives[0], tenants)


@contextlib.contextmanager
def backends(bench, database, tenants):
    """The competitors' sessions; of the two that are compared closely several."""
    names = [tenants.shape.able()] + [(HAND, OURS)] * (bench.lives - 1)
    lives = [{name: Session(bench, database, name) for name in life} for life in names]
    for session in every(lives):
        session.act_for(tenants)
    yield lives
    for session in every(lives):
        session.close()


def every(lives):
    return [session for sessions in lives for session in sessions.values()]


@contextlib.contextmanager
def settings(lives, query):
    """The query's own settings in all sessions, as long as it is looked at."""
    for session in every(lives):
        for setting in query.settings:
            session.execute(f"set {setting}")
    yield
    for session in every(lives):
        for setting in query.settings:
            session.execute(f"reset {setting.split()[0]}")


def compared(bench, query, tenants, lives, keys, workers):
    texts = {name: written(query, tenants, name, bench.rows) for name in lives[0]}
    plan = {name: plans.explained(lives[0][name], constants(texts[name], keys, tenants))["Plan"] for name in (HAND, OURS)}
    # with two workers only what by hand runs with two workers
    if workers and not plans.parallel(plan[HAND]):
        return
    most = len(keys) if query.writes else 100_000
    outcome = over_backends(race({
        name: session.timed(texts[name], keys, tenants.ids, query.writes) for name, session in sessions.items()},
        (HAND, OURS), bench.seconds / len(lives), most) for sessions in lives)
    shapes = {name: plans.shape(node) for name, node in plan.items()}
    yield Case("reads", query.name, tenants.shape.name, outcome, workers=workers, goal=1.15, plans=shapes, competitors=list(TITLES))


def planning(bench, query, tenants, lives, keys):
    texts = {name: constants(written(query, tenants, name, bench.rows), keys, tenants) for name in (HAND, OURS)}
    outcome = over_backends(race({name: sessions[name].planned(text) for name, text in texts.items()}, (HAND, OURS),
                                 bench.seconds / 2 / len(lives)) for sessions in lives)
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
