"""The demo's server and its database: started afresh, filled, found again, removed."""

from pathlib import Path

from devtools import cluster, say

from . import sources

NAME = "itam"
SQL = Path(__file__).parent.parent / "sql"
STEPS = (
    ("creating roles", "01_roles.sql"),
    ("creating the tables of an IT asset management", "02_tables.sql"),
    ("indexing them", "03_indexes.sql"),
    ("protecting them", "04_protect.sql"),
    ("loading the countries of the world and their subdivisions as tenants", "05_tenants.sql"),
    ("giving each tenant a service desk", "06_users.sql"),
    ("loading the PCI ID list as the public catalogue", "07_catalogue.sql"),
    ("giving each tenant sites and contracts", "08_sites.sql"),
    ("giving each tenant assets, and them a history", "09_assets.sql"),
)


def start():
    """A running server with the filled database; the one of an earlier run is removed first."""
    stop()
    data = sources.write()
    server = cluster.Cluster.start(name=NAME)
    try:
        server.createdb(NAME)
        server.psql(NAME, "create extension pg_tenancy")
        for text, file in STEPS:
            with say.step(text):
                server.psql(NAME, f"\\cd '{data}'\n\\i '{SQL / file}'\n")
    except BaseException:
        server.remove()
        raise
    return server


def stop():
    """Removes the running demo, and says whether there was one."""
    found = False
    while kept := cluster.Cluster.find(NAME):
        kept.remove()
        found = True
    return found


def row_count(server):
    """How many rows the protected tables hold."""
    return int(server.psql(NAME, (SQL / "row_count.sql").read_text()))
