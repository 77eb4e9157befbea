"""The databases that are measured on."""

from devtools import paths, say

SQL = paths.ROOT / "bench/sql"
READ = ("customers", "products", "orders", "payments", "events")


def script(bench, database, name, **values):
    """Runs sql/NAME.sql with {values} filled in."""
    text = (SQL / f"{name}.sql").read_text()
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    bench.cluster.psql(database, text)


def fill(bench, database):
    """1,000 tenants, and the tables that are read: once without tenancy, once with."""
    with say.step(f"filling {bench.rows:,} rows"):
        start(bench, database)
        for schema in ("plain", "ours"):
            script(bench, database, "world", schema=schema, rows=bench.rows)
        let_compete(bench, database, "plain", READ)
        protect(bench, database, "ours", READ)
    return database


def start(bench, database, with_tenants=True):
    bench.cluster.createdb(database)
    script(bench, database, "extension")
    if with_tenants:
        script(bench, database, "tenants")
    script(bench, database, "competitors")


def let_compete(bench, database, schema, tables):
    names = ", ".join(f"'{schema}.{table}'" for table in tables)
    bench.cluster.psql(database, f"call bench.let_compete(array[{names}]::regclass[])")
    grant(bench, database, schema)


def protect(bench, database, schema, tables):
    for table in tables:
        kind = "optional" if table == "products" else "required"
        bench.cluster.psql(database, f"select from tenancy.protect('{schema}.{table}', '{kind}', create_index => 'never')")
    grant(bench, database, schema)


def grant(bench, database, schema):
    bench.cluster.psql(database, f"grant usage on schema {schema} to public; grant all on all tables in schema {schema} to public")
    bench.cluster.psql(database, "vacuum analyze")
