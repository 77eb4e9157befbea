"""The real PgBouncer in transaction mode: many people on few connections, and no statement runs as somebody else."""

import json
import random
import threading
import time
import uuid

from devtools.pgbouncer import PgBouncer
from runner.scenario import Scenario
from scenarios import test_issuers as issuers

CLIENTS = 200
CONNECTIONS = 5
SECONDS = 12


def user(number):
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"user-{number}.example.org")


class Pooler(Scenario):
    majors = (18, 15)

    def setUp(self):
        self.db = self.database()
        self.pg = self.psycopg()
        self.key = issuers.generated()["EdDSA"]
        users = ", ".join(f"({n}, '{user(n)}'::uuid)" for n in range(CLIENTS))
        # each user has a tenant and a row; every tenth sees three tenants, so that plans differ
        self.cluster.psql(self.db, f"""
            insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
            create table app.person as select * from (values {users}) p (n, id);
            insert into tenancy.tenants (name, allows_subtenants) select n, true from app.person;
            insert into tenancy.tenants (name, parent_id)
            select format('%s-%s', n, below), t.id from app.person join tenancy.tenants t on t.name = n::text, generate_series(1, 2) below
            where n % 10 = 0;
            insert into tenancy.contacts (id, tenant_id, name, email)
            select p.id, t.id, n, 'x@example.org' from app.person p join tenancy.tenants t on t.name = n::text;
            insert into tenancy.users (id) select id from app.person;
            insert into tenancy.roles (name, read_access, write_access) values ('chief', 'home_subtenants', 'home');
            insert into tenancy.user_roles select p.id, r.id from app.person p, tenancy.roles r
            where r.name = case when n % 10 = 0 then 'chief' else 'member' end;
            create table app.item (tenant_id uuid not null, name text, changed_by uuid);
            select from tenancy.protect('app.item', 'required');
            insert into app.item (tenant_id, name) select id, name from tenancy.tenants where name ~ '^[0-9]';
            grant select, insert, update on app.item to app;
            grant execute on function tenancy.enter to app;""")
        with self.pg.connect(self.cluster.conninfo(self.db)) as superuser:
            superuser.execute("insert into tenancy.token_keys (jwk, issuer, audience) values (%s, 'issuer', 'here')",
                              [json.dumps(issuers.public("EdDSA", self.key))])

    def test_nobody_is_somebody_else(self):
        troubles, done = [], {}
        with PgBouncer(self.cluster, "app", CONNECTIONS) as pooler:
            stop = time.monotonic() + SECONDS
            threads = [threading.Thread(target=self.client, args=[n, pooler.conninfo(self.db), stop, troubles, done])
                       for n in range(CLIENTS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            connections = self.cluster.psql(self.db, "select count(*) from pg_stat_activity "
                                                     "where usename = 'app' and datname = current_database()")
        self.assertEqual(troubles, [])
        self.assertLessEqual(int(connections), CONNECTIONS)
        for what in ("token", "enter", "nobody", "error", "savepoint", "killed"):
            self.assertGreater(done.get(what, 0), 20, f"{what} in {done}")
        wrong = self.cluster.psql(self.db, "select i.* from app.item i join app.person p on p.id = i.changed_by "
                                           "where i.name <> p.n::text")
        self.assertEqual(wrong, "", "rows changed by somebody else")

    def client(self, number, conninfo, stop, troubles, done):
        """One person's application: prepared statements from the first on, and never the same connection for long."""
        dice = random.Random(number)
        id, own = user(number), {str(number)} | ({f"{number}-1", f"{number}-2"} if number % 10 == 0 else set())
        token = issuers.library().encode(issuers.claims(id), self.key, "EdDSA", {"kid": "EdDSA"})
        connection = None
        try:
            while time.monotonic() < stop:
                if connection is None:
                    connection = self.pg.connect(conninfo, prepare_threshold=0)
                what = dice.choice(("token", "enter", "token", "enter", "nobody", "error", "savepoint", "killed"))
                try:
                    with connection.transaction():
                        if what != "nobody":
                            self.become(connection, id, token, what, dice)
                        self.look(connection, id if what != "nobody" else None, own if what != "nobody" else set())
                        if what == "savepoint":
                            with connection.transaction(force_rollback=True):
                                connection.execute("update app.item set name = 'x' where tenant_id = tenancy.current_tenant()")
                            self.look(connection, id, own)
                        if what == "error":
                            connection.execute("select 1 / 0")
                        if what == "killed":
                            connection.pgconn.finish()    # in the middle of the transaction
                except (self.pg.errors.DivisionByZero, self.pg.OperationalError):
                    if what not in ("error", "killed"):
                        raise
                if what == "killed":
                    connection = None
                done[what] = done.get(what, 0) + 1
        except Exception as trouble:
            troubles.append((number, what, repr(trouble)))
        finally:
            if connection:
                connection.close()

    def become(self, connection, id, token, what, dice):
        if what == "token" or (what != "enter" and dice.random() < 0.5):
            if dice.random() < 0.5:
                connection.execute(f"set local tenancy.token = '{token}'")
            else:
                connection.execute("select tenancy.authenticate(%s)", [token])
        else:
            connection.execute("select tenancy.enter(%s)", [id])

    def look(self, connection, id, own):
        """Everything in one statement, and some in others."""
        rows = connection.execute("select name, tenancy.current_user_id() from app.item where name <> %s", ["?"]).fetchall()
        assert {row[0] for row in rows} == own, f"saw {rows}, not {own}"
        assert all(row[1] == id for row in rows), f"was {rows}, not {id}"
        changed = connection.execute("update app.item set changed_by = %s where tenant_id = tenancy.current_tenant() "
                                     "returning name", [id]).fetchall()
        assert {row[0] for row in changed} <= own and len(changed) == (id is not None), f"changed {changed}"
