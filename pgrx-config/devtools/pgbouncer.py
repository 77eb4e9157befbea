"""PgBouncer, compiled from its source: the pooler that tests put before a server.

    with PgBouncer(cluster, "app", pool_size=5) as pooler:
        psycopg.connect(pooler.conninfo("shop"))
"""

import subprocess
import time

from . import account, apt, fetch, paths, say

PORT = 6432


def program():
    """The pgbouncer program, compiled on first use (half a minute)."""
    wanted = paths.versions()["pgbouncer"]
    libevent = fetch.deb("libevent-dev") / "usr"

    def fill(folder):
        apt.source(wanted["source"], folder, wanted["suite"])
        # linked statically, so that nothing has to be found when it runs; without what tests do not use
        settings = {"LIBEVENT_CFLAGS": f"-I{libevent}/include", "LIBEVENT_LIBS": next(libevent.rglob("libevent.a"))}
        words = [f"{name}={value}" for name, value in settings.items()]
        with say.step("compiling PgBouncer"):
            say.run(["./configure", "--without-openssl", "--without-cares", *words], "pgbouncer-configure", cwd=folder)
            say.run(["make", "-j2", "pgbouncer"], "pgbouncer-make", cwd=folder)
    return fetch.unpacked(paths.tools("pgbouncer") / wanted["suite"], fill) / "pgbouncer"


class PgBouncer:
    """A pooler in transaction mode on few connections, for clients that all log in as one user."""

    def __init__(self, cluster, user, pool_size):
        self.cluster = cluster
        self.folder = cluster.folder / "pgbouncer"
        self.log = self.folder / "pgbouncer.log"
        self._write_settings(user, pool_size)
        self._server = None

    def _write_settings(self, user, pool_size):
        self.folder.mkdir()
        sockets = self.cluster.socket_folder
        (self.folder / "pgbouncer.ini").write_text(f"""
[databases]
* = host={sockets} port=5432 user={user}
[pgbouncer]
listen_addr =
listen_port = {PORT}
unix_socket_dir = {sockets}
logfile = {self.log}
auth_type = any
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 1000
max_prepared_statements = 100
""")
        account.give(self.folder)

    def __enter__(self):
        command = [*account.prefix(), program(), "-q", self.folder / "pgbouncer.ini"]
        self._server = subprocess.Popen([str(word) for word in command], cwd=self.folder,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        socket = self.cluster.socket_folder / f".s.PGSQL.{PORT}"
        until = time.monotonic() + 20
        while not socket.exists():
            if self._server.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise say.Failure(f"PgBouncer did not start:\n{say.tail(self.log) if self.log.exists() else ''}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self._server.terminate()
        self._server.wait()

    def conninfo(self, db):
        return f"host={self.cluster.socket_folder} port={PORT} dbname={db} user=client"
