"""pg_upgrade from the oldest PostgreSQL that is supported to the newest."""

import re

from devtools import say
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
        self.mend(new)
        estate.check(self, new, "estate")
        # and it can be dumped and restored on the new server
        new.createdb("again")
        new.psql("again", new.run("pg_dump", "estate"))
        estate.check(self, new, "again")

    def mend(self, new):
        """The triggers that fire with deferrable foreign keys are left out by pg_upgrade; lint tells what gives them back."""
        drifts = "select object from tenancy.lint() where remedy ~ 'mend' order by 1"
        keys = "select tgrelid::regclass, tgname ~ '^00_tenancy_key', tgenabled, tgdeferrable, tginitdeferred from pg_trigger " \
               "where tgfoid = 'tenancy.check_row'::regproc and tgconstraint <> 0 and tgname ~ 'key' order by 1"
        self.assertEqual(new.psql("estate", drifts), "constraint house_twin_fkey on app.house\n")
        self.assertEqual(new.psql("estate", keys), "")
        refer = "begin; insert into app.house (id, place, twin) values (9, '00000000-0000-4000-8000-0000000000d2', {}); {} commit"

        def refused(twin, when=""):
            with self.assertRaises(say.Failure) as failure:
                new.psql("estate", refer.format(twin, when), "alice")
            return re.sub(r"^.*ERROR: *", "", str(failure.exception), flags=re.S)

        # at commit, also before it is mended: a hidden row and a missing one are the same
        self.assertIn("does not exist or may not be referred to", refused(3))
        self.assertEqual(refused(3), refused(99))
        for remedy in new.psql("estate", "select remedy from tenancy.lint() where code = 'reference_deferrable'").splitlines():
            new.psql("estate", remedy)
        self.assertEqual(new.psql("estate", drifts), "")
        self.assertEqual(new.psql("estate", keys), "app.house|t|A|t|t\n")
        now = "set constraints all immediate;"
        self.assertEqual(refused(3, now), refused(99, now))
        self.assertEqual(new.psql("estate", "select * from tenancy.violations()"), "")
