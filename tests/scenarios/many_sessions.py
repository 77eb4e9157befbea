"""Many sessions that do statements picked at random, as a tenant's user or as superuser, at mixed isolation levels, in transactions
that are committed, prepared or rolled back: what no order of statements may break can be looked at when they are through."""

import collections
import random
import threading
import time

from runner.scenario import Scenario

SESSIONS = 8

# what may become of a transaction: it lost a race, or it was refused
EXPECTED = {
    "40001": "could not serialize",
    "40P01": "deadlock",
    "23001": "referring rows forbid it",
    "23503": "may not refer, or nothing there",
    "23505": "key taken",
    "23514": "a circle in the hierarchy",
    "42501": "ON CONFLICT met a hidden row",
    "55000": "the hierarchy does not allow it, the tenant is active",
    "55P03": "a lock was not to be had",
}


def setup(tenants):
    """Tenants that may stand below each other, by their numbers in app.tenant."""
    return f"""
update tenancy.installation set max_depth = 0;
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, allows_subtenants) select 't' || n, true from generate_series(1, {tenants}) n;
create table app.tenant as select row_number() over (order by name) as n, id from tenancy.tenants where kind = 'tenant';
"""


# {t}, {u} in a statement: tenants
TENANT = "(select id from app.tenant where n = {%s})"

# the hierarchy in plain words, apart from the extension's own functions, for queries that look for what is broken
ABOVE = """
above (id, above_id) as (
  select id, id from tenancy.tenants
  union all
  select above.id, t.parent_id from above join tenancy.tenants t on t.id = above.above_id where t.parent_id is not null
)"""


class ManySessions(Scenario):
    def work_at_once(self, db, dice, statements, numbers, expected=EXPECTED):
        """`statements` are those of anybody and of superusers; `numbers` says how many values their placeholders have. Gives how
        many transactions ended how, and fails if one ended otherwise than expected."""
        self.cluster.psql(db, f'alter database "{db}" set deadlock_timeout = 20')
        self.statements, self.numbers, self.expected = dict(zip(("app", "postgres"), statements)), numbers, expected
        self.outcomes, self.unexpected = collections.Counter(), []
        until = time.monotonic() + dice.seconds
        threads = [threading.Thread(target=self.work, args=(db, random.Random(dice.first + n), until)) for n in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        dice.cases = sum(self.outcomes.values())
        self.assertEqual(self.unexpected[:5], [], str(dict(self.outcomes)))
        return self.outcomes

    def work(self, db, dice, until):
        pg, user = self.psycopg(), dice.choice(("app", "postgres", "postgres"))
        with pg.connect(self.cluster.conninfo(db, user), autocommit=True) as connection:
            while time.monotonic() < until and not connection.closed:
                done = []
                try:
                    self.transaction(connection, user, dice, done)
                except pg.Error as error:
                    self.outcomes[error.sqlstate] += 1
                    if error.sqlstate not in self.expected:
                        self.unexpected.append((error.sqlstate, str(error), user, done))
                    if not connection.closed:
                        connection.execute("rollback")
                    time.sleep(dice.random() / 100)

    def transaction(self, connection, user, dice, done):
        connection.execute(f"begin isolation level {dice.choice(('read committed', 'repeatable read', 'serializable'))}")
        if user == "app":
            connection.execute(self.filled("select tenancy.enter_tenant({t})", dice))
        for _ in range(dice.randint(1, 4)):
            words = dice.choice(self.statements[user])
            if user == "app":
                words = words.replace("{t}", "tenancy.current_tenant()")
            done.append(self.filled(words, dice))
            connection.execute(done[-1])
            if dice.random() < 0.3:
                time.sleep(dice.random() / 50)
        if dice.random() < 0.2:
            name = f"stress {dice.random()}"
            connection.execute(f"prepare transaction '{name}'")
            self.outcomes["prepared"] += 1
            time.sleep(dice.random() / 50)
            connection.execute(f"{dice.choice(('commit', 'commit', 'rollback'))} prepared '{name}'")
        else:
            connection.execute(dice.choice(("commit", "commit", "commit", "rollback")))
            self.outcomes["committed"] += 1

    def filled(self, words, dice):
        words = words.replace("{t}", TENANT % "n").replace("{u}", TENANT % "m")
        return words.format(**{name: dice.randint(1, count) for name, count in self.numbers.items()})
