"""The queries that are compared: one text for all competitors.

{s} is the schema; {o}, {c}, {p}, {e} end a WHERE and are the condition on the tenant of orders, customers, payments, events, {q}
that of the products, which may be public: filled for by hand, empty for the others. `key` is a row's id that the session
sees, `late` a time near the end.
"""

from dataclasses import dataclass

LATE = "timestamptz '2026-01-01' + {rows} * 0.9 * interval '1 second'"


@dataclass(frozen=True)
class Query:
    name: str
    text: str
    settings: tuple = ()
    writes: bool = False        # by hand then runs on the tables without tenancy
    parameter: bool = False     # by hand too gets its tenants as a parameter


QUERIES = [
    Query("primary key", "select * from {s}.orders o where o.id = key{o}"),
    Query("newest 10", "select * from {s}.orders o where true{o} order by o.created_at desc limit 10"),
    Query("keyset pagination", "select * from {s}.orders o where (o.created_at, o.id) < (" + LATE + ", key){o} "
          "order by o.created_at desc, o.id desc limit 20"),
    Query("count and sum", "select count(*), sum(o.amount) from {s}.orders o where true{o}"),
    Query("group by", "select o.status, count(*), sum(o.amount) from {s}.orders o where true{o} group by o.status"),
    Query("join of three", "select c.region, count(*), sum(p.amount) from {s}.customers c join {s}.orders o on o.customer_id = c.id "
          "join {s}.payments p on p.order_id = o.id where o.status = 2{c}{o}{p} group by c.region"),
    Query("join with optional", "select q.title, count(*) from {s}.orders o join {s}.products q on q.id = o.product_id "
          "where o.status = 2{o}{q} group by q.title"),
    Query("exists", "select count(*) from {s}.customers c where exists "
          "(select from {s}.orders o where o.customer_id = c.id and o.amount > 900{o}){c}"),
    Query("anti-join", "select count(*) from {s}.customers c where not exists "
          "(select from {s}.orders o where o.customer_id = c.id and o.amount > 900{o}){c}"),
    Query("window function", "select sum(n) from (select row_number() over (partition by o.customer_id order by o.created_at) n "
          "from {s}.orders o where o.status = 2{o}) x"),
    Query("update by key", "update {s}.orders o set note = 'changed' where o.id = key{o}", writes=True),
    Query("delete by key", "delete from {s}.payments p where p.id = key{p}", writes=True),
    Query("sequential scan", "select count(*), sum(o.amount) from {s}.orders o where true{o}",
          ("enable_indexscan = off", "enable_bitmapscan = off", "enable_indexonlyscan = off")),
    Query("partitioned table", "select count(*), sum(e.value) from {s}.events e where e.value < 900{e}"),
    Query("generic plan", "select * from {s}.orders o where o.id = key{o}", parameter=True),
    Query("view", "select * from {s}.order_list o where o.id = key{o}{v}"),
]


def written(query, tenants, competitor, rows):
    """The query as the competitor writes it."""
    by_hand = competitor == "hand"
    if not by_hand:
        conditions = dict.fromkeys("ocpeqv", "")
    elif query.parameter:
        conditions = {"o": " and o.tenant_id = any (mine)" if len(tenants.ids) > 1 else " and o.tenant_id = mine[1]"}
        if tenants.shape.name == "all":
            conditions["o"] = ""
    else:
        conditions = {alias: tenants.condition(alias) for alias in "ocpe"} | {"q": tenants.condition("q", optional=True)}
        conditions["v"] = conditions["o"].replace("o.tenant_id", "o.customer_tenant_id")
    # By hand reads the very pages that pg_tenancy reads.
    schema = "ours" if competitor == "ours" or by_hand and not query.writes else "plain"
    return query.text.format(s=schema, rows=rows, **conditions)
