"""pg_upgrade from the oldest PostgreSQL that is supported to the newest."""

from runner.scenario import Scenario
from scenarios import estate


class Upgrade(Scenario):
    majors = (18,)
    needs = (15,)

    def test_from_15(self):
        old = self.start_cluster(15, "old")
        old.createdb("estate", "tenancy_template")
        estate.fill(old, "estate")
        before = old.psql("estate", estate.CATALOG)
        new = self.start_cluster(18, "new", bare=True)
        new.upgrade_from(old)
        self.assertEqual(before, new.psql("estate", estate.CATALOG))
        estate.check(self, new, "estate")
        # and it can be dumped and restored on the new server
        new.createdb("again")
        new.psql("again", new.run("pg_dump", "estate"))
        estate.check(self, new, "again")
