"""The circumstances that versions.toml gives to one major are in force there: else nothing is shown by its tests."""

import time

from devtools import paths
from runner.scenario import Scenario

SAID = paths.versions()["circumstances"]


class Circumstances(Scenario):
    majors = (SAID["major"],)

    def test_in_force(self):
        db = self.database()
        clock, zone, locale, order = self.cluster.psql(db, """select extract(epoch from clock_timestamp())::bigint,
            current_setting('timezone'), (select datcollate from pg_database where datname = current_database()), 'a' < 'B'""").strip().split("|")
        self.assertAlmostEqual(time.time() + SAID["days"] * 86_400, int(clock), delta=600)
        self.assertEqual((SAID["timezone"], SAID["locale"], "t"), (zone, locale, order))
