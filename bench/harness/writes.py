"""Writing: rows with a tenant and one parent reference, against the same foreign keys without tenancy and against the usual
hand-rolled trigger."""

import time

from . import world
from .competitors import HAND, OURS, all_tenants
from .race import over_backends, race
from .results import Case
from .session import Session

ROLLED = "trigger"
COMPETITORS = (HAND, OURS, ROLLED)
SCHEMAS = {HAND: "plain", OURS: "ours", ROLLED: "rolled"}
USERS = {HAND: "bench_hand", OURS: "bench_ours", ROLLED: "bench_setting"}
TABLES = ("parents", "children", "bulk")

# name, text, which keys, goal; {t} is the tenant, {w} what by hand adds to the WHERE
SINGLE = [
    ("INSERT", "insert into {s}.children (tenant_id, parent_id, note) values ('{t}', key, 'new')", "parents", 1.10),
    ("UPDATE", "update {s}.children set note = 'changed' where id = key{w}", "children", 1.10),
    ("UPDATE of the reference", "update {s}.children set parent_id = {parent} where id = key{w}", "children", 1.10),
    ("DELETE of a parent", "delete from {s}.parents where id = key{w}", "childless", 1.05),
]
BULK = """insert into {s}.bulk (tenant_id, parent_id, note) select p.tenant_id, p.id, 'new' from {s}.parents p, generate_series(1, {rows}) n
  where p.id = {parent} and p.tenant_id = '{t}'"""
MIXED = """insert into {s}.bulk (tenant_id, parent_id, note) select p.tenant_id, p.id, 'new' from {s}.parents p, generate_series(1, {times}) n"""
KEYS = {
    "parents": "select id from plain.parents where tenant_id = %s and id <= {half} order by id limit 100",
    "children": "select id from plain.children where tenant_id = %s order by id limit 100",
    "childless": "select id from plain.parents where tenant_id = %s and id > {half} order by id limit 100",
}


def measure(bench):
    database = fill(bench)
    owner = bench.connect(database)
    one, everything = (next(found for found in all_tenants(owner) if found.shape.name == name) for name in ("one", "all"))
    lives = [{name: Session(bench, database, "setting" if name == ROLLED else name, USERS[name]) for name in COMPETITORS}
             for _ in range(bench.lives)]
    for session in (session for sessions in lives for session in sessions.values()):
        session.act_for(one)
    sessions = lives[0]
    half = bench.rows // 20
    keys = {name: [row[0] for row in owner.execute(text.format(half=half), [one.ids[0]])] for name, text in KEYS.items()}
    parent = keys["parents"][0]
    for name, text, which, goal in SINGLE:
        yield case(name, "one row", goal, over_backends(race({
            who: session.timed(text.format(s=SCHEMAS[who], t=one.ids[0], parent=parent, w=where(who, one)), keys[which], undo=True)
            for who, session in life.items()}, (HAND, OURS), bench.seconds, len(keys[which])) for life in lives))
    rows = bench.rows // 5
    yield case(f"INSERT … SELECT of {rows:,}", "one tenant", 1.20, bulk(bench, owner, sessions, {
        who: BULK.format(s=SCHEMAS[who], t=one.ids[0], rows=rows, parent=parent) for who in sessions}))
    yield case(f"COPY of {rows:,}", "one tenant", 1.20, copies(bench, owner, database, one, keys["parents"], rows))
    for session in (session for sessions in lives for session in sessions.values()):
        session.close()
    yield case(f"INSERT … SELECT of {rows:,}", "all tenants", 1.20, mixed(bench, owner, database, everything, rows))


def fill(bench):
    database = "writes"
    world.start(bench, database)
    for schema in SCHEMAS.values():
        world.script(bench, database, "writes", schema=schema, rows=bench.rows)
    world.script(bench, database, "rolled")
    world.let_compete(bench, database, "rolled", TABLES)
    world.grant(bench, database, "plain")
    world.protect(bench, database, "ours", TABLES)
    return database


def where(who, tenants):
    return f" and tenant_id = '{tenants.ids[0]}'" if who == HAND else ""


def case(name, shape, goal, outcome):
    return Case("writes", name, shape, outcome, goal=goal, competitors=list(COMPETITORS))


def emptied(owner, who, run):
    """Each run writes into an empty table."""
    def again(times):
        owner.execute(f"truncate {SCHEMAS[who]}.bulk")
        return run(times)
    return again


def bulk(bench, owner, sessions, texts):
    return race({who: emptied(owner, who, session.timed(texts[who])) for who, session in sessions.items()},
                (HAND, OURS), bench.seconds * 4, 1)


def mixed(bench, owner, database, tenants, rows):
    """Rows of all tenants, by a session that writes for all; the hand-rolled policy has no such session."""
    sessions = {who: Session(bench, database, who, USERS[who]) for who in (HAND, OURS)}
    for session in sessions.values():
        session.act_for(tenants)
    texts = {who: MIXED.format(s=SCHEMAS[who], times=rows // (bench.rows // 10)) for who in sessions}
    return bulk(bench, owner, sessions, texts)


def copies(bench, owner, database, tenants, parents, rows):
    """COPY by a role that row security does not bind, as a loader is."""
    data = "".join(f"{tenants.ids[0]}\t{parents[n % len(parents)]}\tnew\n" for n in range(rows)).encode()
    loaders = {who: bench.connect(database, "bench_loader") for who in COMPETITORS}

    def run(who):
        def copy(_times):
            began = time.perf_counter()
            with loaders[who].cursor() as cursor:
                with cursor.copy(f"copy {SCHEMAS[who]}.bulk (tenant_id, parent_id, note) from stdin") as stream:
                    stream.write(data)
            return (time.perf_counter() - began) * 1000
        return emptied(owner, who, copy)
    return race({who: run(who) for who in COMPETITORS}, (HAND, OURS), bench.seconds * 4, 1)
