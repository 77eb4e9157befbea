"""Tests in Python, for what takes several servers, programs or clients: scenarios/test_*.py.

    from runner.scenario import Scenario

    class Dump(Scenario):
        def test_plain(self):
            db = self.database()
            text = self.cluster.run("pg_dump", db)

Each method is one test. There is no skipping: a class runs on the majors that it names, or on all.
"""

import functools
import importlib.util
import sys
import unittest

from devtools import fetch, paths, servers

from . import prepared
from .outcome import Failed, Test

HOME = paths.ROOT / "tests/scenarios"


class Scenario(unittest.TestCase):
    majors = None     # the majors that this class runs on; None: each wanted one
    needs = ()        # further majors that it starts servers of; it runs only where they are wanted too
    library = None    # one of PostgreSQL's own that not every build has; it runs on servers with it
    maxDiff = 4000

    name = None       # like scenario/dump.plain
    cluster = None    # a devtools.cluster.Cluster shared with other tests; make databases, not settings
    major = None

    def database(self, suffix=""):
        """A fresh database with the extension, gone after the test."""
        name = f"{type(self).__name__}_{self._testMethodName}{suffix}".lower()[:63]
        prepared.database(self.cluster, name)
        self.addCleanup(self.cluster.dropdb, name)
        return name

    def start_cluster(self, major=None, name="other", bare=False, **options):
        """One more cluster, stopped after the test; bare: without the test roles and the template database."""
        start = prepared.bare if bare else prepared.start
        cluster = start(major or self.major, f"{name}-{self._testMethodName}"[:40], **options)
        self.addCleanup(cluster.remove)
        return cluster

    @staticmethod
    def psycopg():
        """The real client, at the version that versions.toml pins."""
        folder = str(fetch.python("psycopg"))
        if folder not in sys.path:
            sys.path.append(folder)
        import psycopg
        return psycopg


def find(major, wanted):
    tests = []
    for file in sorted(HOME.glob("test_*.py")):
        for case in cases(file):
            if runs_on(case, major, wanted):
                case.name = f"scenario/{file.stem.removeprefix('test_')}.{case._testMethodName.removeprefix('test_')}"
                dice = hasattr(getattr(case, case._testMethodName), "throws_dice")
                tests.append(Test(case.name, functools.partial(run, case), 1_000_000, dice))
    return tests


def runs_on(case, major, wanted):
    has_library = case.library is None or (servers.get(major).ask("--pkglibdir") / case.library).exists()
    return (case.majors is None or major in case.majors) and set(case.needs) <= set(wanted) and has_library


def cases(file):
    """The file's tests, one an instance."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suites = unittest.defaultTestLoader.loadTestsFromModule(module)
    return [case for suite in suites for case in suite if isinstance(case, Scenario)]


def run(case, cluster, _options):
    case.cluster, case.major = cluster, cluster.major
    case.psycopg()    # fetched now: threads that race in a test would wait for it
    result = unittest.TestResult()
    case.run(result)
    troubles = [text for _, text in result.failures + result.errors]
    troubles += [f"skipped, which is not allowed here: {why}" for _, why in result.skipped]
    if troubles or not result.testsRun:
        raise Failed("\n".join(troubles) or "it did not run")
