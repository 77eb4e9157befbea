"""How much whoever is refused can make the server record."""

import time
import uuid

from runner.scenario import Scenario

MOST_RECORDERS = 2


class RefusedEntries(Scenario):
    def setUp(self):
        # a server of its own: the background workers of other tests count, too
        self.server = self.start_cluster(name="activity", bare=True)
        self.server.psql("postgres", """
            create extension pg_tenancy; create role app login; insert into tenancy.tenants (name) values ('provider');
            grant execute on function tenancy.enter(uuid, text, boolean) to app""")
        self.psycopg = Scenario.psycopg()

    def connect(self, user="app"):
        connection = self.psycopg.connect(self.server.conninfo("postgres", user), autocommit=True)
        self.addCleanup(connection.close)
        return connection

    def be_refused(self, session):
        """Names a user of its own each time, and gives that."""
        named = str(uuid.uuid4())
        with self.assertRaises(self.psycopg.Error):
            session.execute("select tenancy.enter(%s)", [named])
        return named

    def recorded(self):
        """Who was named, and how many before were not recorded."""
        rows = self.server.psql("postgres", "select detail ->> 'named', coalesce(detail ->> 'more', '0') from tenancy.activity "
                                            "where event = 'entry_refused' order by id")
        return [tuple(row.split("|")) for row in rows.split()]

    def logged(self):
        return self.server.log.read_text().count("pg_tenancy: a refused entry was not recorded: ")

    def wait_for(self, what, expected):
        until = time.monotonic() + 60
        while (got := what()) != expected:
            if time.monotonic() > until:
                self.fail(f"{got}, not {expected}")
            time.sleep(0.05)

    def test_one_a_second_and_session(self):
        session = self.connect()
        begin = time.monotonic()
        first = self.be_refused(session)
        others = [self.be_refused(session) for _ in range(50)]
        if time.monotonic() - begin > 1:
            self.fail("this machine is too slow for 51 refusals a second")
        self.wait_for(self.recorded, [(first, "0")])
        self.assertEqual(self.logged(), len(others))
        for named in others:
            self.assertIn(f"({named})", self.server.log.read_text())
        time.sleep(1.1)
        later = self.be_refused(session)
        self.wait_for(self.recorded, [(first, "0"), (later, "50")])
        # another session has a second of its own
        another = self.be_refused(self.connect())
        self.wait_for(self.recorded, [(first, "0"), (later, "50"), (another, "0")])

    def test_two_at_a_time(self):
        """Sessions whose refusals find the workers at work are not kept waiting; their refusals are in the log."""
        holder = self.connect("postgres")
        sessions = [self.connect() for _ in range(8)]
        with holder.transaction():
            holder.execute("lock table tenancy.activity in exclusive mode")
            for nth, session in enumerate(sessions, 1):
                self.be_refused(session)
                self.wait_for(self.recorders, min(nth, MOST_RECORDERS))
            self.assertEqual(self.logged(), len(sessions) - MOST_RECORDERS)
        self.wait_for(self.recorders, 0)
        self.assertEqual(len(self.recorded()), MOST_RECORDERS)

    def test_worker_ended_while_it_commits(self):
        """Whoever ends a worker does not end the server with it: here one that waits for a standby which never comes."""
        self.server.psql("postgres", "alter system set synchronous_commit = on")
        self.server.psql("postgres", "alter system set synchronous_standby_names = 'nobody'")
        self.server.restart()
        named = self.be_refused(self.connect())
        at_commit = "from pg_stat_activity where backend_type = 'pg_tenancy recorder' and wait_event = 'SyncRep'"
        self.wait_for(lambda: self.server.psql("postgres", f"select count(*) {at_commit}").strip(), "1")
        self.server.psql("postgres", f"select pg_terminate_backend(pid) {at_commit}")
        self.wait_for(self.recorders, 0)
        self.assertEqual(self.recorded(), [(named, "0")])
        self.assertNotIn("PANIC", self.server.log.read_text())

    def recorders(self):
        return int(self.server.psql("postgres", "select count(*) from pg_stat_activity where backend_type = 'pg_tenancy recorder'"))
