"""A cluster with the roles of tests/setup/roles.sql and a template database by tests/setup/database.sql."""

from devtools import circumstances, paths
from devtools.cluster import Cluster

SETUP = paths.ROOT / "tests/setup"
TEMPLATE = "tenancy_template"


def bare(major, name="test", **options):
    """A cluster without roles and template, in the circumstances that versions.toml gives to the major."""
    return Cluster.start(major, name, elsewhere=circumstances.of(major), **options)


def start(major, name="test", **options):
    cluster = bare(major, name, **options)
    try:
        cluster.psql_file("postgres", SETUP / "roles.sql")
        cluster.createdb(TEMPLATE)
        cluster.psql_file(TEMPLATE, SETUP / "database.sql")
    except BaseException:
        cluster.remove()
        raise
    return cluster


def database(cluster, name):
    """A fresh database with the extension, named by the test: messages that hold its name are always the same."""
    cluster.dropdb(name)
    cluster.createdb(name, TEMPLATE)
    return name
