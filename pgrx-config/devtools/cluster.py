"""Throw-away database clusters.

    with Cluster.start(major=18, name="upgrade") as cluster:
        cluster.createdb("shop")
        print(cluster.psql("shop", "select 1", user="app"))

Leaving the block stops the server and removes its data, unless keep_running() was called: then Cluster.find(name)
gives it back in a later run. A cluster whose run was killed is removed by the next run.
"""

import fcntl
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import account, build, circumstances, paths, say, servers

HOME = "clusters"
NUMBERS = itertools.count(1)
LONGEST_SOCKET_FOLDER = 85    # a socket's path must fit into 107 bytes


class Cluster:
    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.major = server.major
        self.variables = {}
        self.said = None
        self._lock = None

    @classmethod
    def start(cls, major=None, name="test", settings=(), from_data=None, optimised=False, variables=None,
              elsewhere=None):
        """A running cluster with the extension installed (not yet created). settings: lines of postgresql.conf.

        variables: of the server's environment, besides those that every server has.
        elsewhere: what circumstances.of() says, for tests.

        from_data: a function that fills the empty data folder, instead of initdb (for base backups).
        optimised: with the build that a DBA would run; for measurements.
        """
        major = major or servers.default()
        server = build.install(major, optimised)
        folder = paths.tools(HOME) / f"{name}-{major}-{os.getpid()}.{next(NUMBERS)}"
        cluster = cls(server, folder)
        cluster.said = elsewhere
        cluster.variables = circumstances.variables(elsewhere) | (variables or {})
        with say.lock("clusters"):
            sweep()
            folder.mkdir()
            cluster._hold()
        try:
            cluster._prepare(settings, from_data)
            cluster.up()
        except BaseException:
            cluster.remove()
            raise
        return cluster

    def standby(self, name="standby"):
        """A running streaming standby of this cluster."""
        def copy(data):
            self.run_on_server("pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        return Cluster.start(self.major, name, from_data=copy, elsewhere=self.said)

    def upgrade_from(self, old, *words):
        """pg_upgrade: this bare cluster takes over the databases of an older one, which is up; then this one is up."""
        if b"pg_attver" not in self.server.program("postgres").read_bytes():
            old.forget_attribute_versions()
        old.down()
        self.down()
        # the locale of the databases comes along
        self.variables |= old.variables
        try:
            self.run_on_server("pg_upgrade", "-b", old.server.bindir, "-B", self.server.bindir, "-d", old.data,
                               "-D", self.data, "-U", "postgres", "-s", self.socket_folder, *words)
        except say.Failure as failure:
            logs = [say.tail(file, 30) for file in self.data.glob("pg_upgrade_output.d/*/log/*.log")]
            raise say.Failure("\n".join([str(failure), *(log for log in logs if "error:" in log)])) from None
        self.up()

    def forget_attribute_versions(self):
        """Since November 2026 the minor releases note a version with each column (pg_attribute.attoptions: pg_attver).

        Earlier ones refuse it, so nothing with a table can be upgraded from 15.20 to 18.6, whoever made the table.
        """
        for database in self.psql("postgres", "select datname from pg_database where datallowconn").split():
            self.psql(database, """update pg_catalog.pg_attribute set attoptions =
                (select array_agg(word) from unnest(attoptions) word where word not like 'pg_attver=%')
                where attrelid >= 16384 and attoptions is not null""")

    @classmethod
    def find(cls, name):
        """The cluster of that name which an earlier run has kept, or None. It may be down: up() starts it."""
        for mark in sorted(paths.tools(HOME).glob(f"{name}-*/kept")):
            return cls.at(mark.parent)
        return None

    @classmethod
    def at(cls, folder):
        """The cluster in that folder, with the server that it was started with."""
        noted = json.loads((folder / "server.json").read_text())
        return cls(servers.Server(noted["major"], Path(noted["bindir"]), tuple(noted["libraries"])), folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not (self.folder / "kept").exists():
            self.remove()

    def keep_running(self):
        """Leaves the server running when this run ends."""
        (self.folder / "kept").touch()

    # -- how clients reach it ------------------------------------------------------------------------------------

    @property
    def socket_folder(self):
        # A link, because the folder itself may be elsewhere: see _prepare.
        return (self.folder / "s").resolve()

    def conninfo(self, db="postgres", user="postgres"):
        return f"host={self.socket_folder} port=5432 dbname={db} user={user}"

    def environment(self, user="postgres"):
        """For client programs; libpq reads the PG* variables."""
        return self.server.environment() | {"PGHOST": str(self.socket_folder), "PGPORT": "5432", "PGUSER": user}

    def psql(self, db, sql, user="postgres", options=("-A", "-t", "-q")):
        """Runs SQL text, stops at the first error (a Failure with the server's message), gives what psql prints."""
        command = [self.server.program("psql"), "-X", "-v", "ON_ERROR_STOP=1", *options, "-d", db, "-f", "-"]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, env=self.environment(user))
        if done.returncode:
            raise say.Failure(f"psql {db} as {user}: {done.stderr.strip()}")
        return done.stdout

    def psql_file(self, db, file, user="postgres"):
        return self.psql(db, f"\\i '{file}'\n", user)

    def createdb(self, name, template="template1", owner="postgres"):
        self.psql("postgres", f'create database "{name}" template "{template}" owner "{owner}"')

    def dropdb(self, name):
        self.psql("postgres", f'drop database if exists "{name}" with (force)')

    def run(self, program, *words, user="postgres"):
        """Runs one of PostgreSQL's programs (pg_dump, pg_restore, ...) against this cluster, gives its output."""
        return say.capture([self.server.program(program), *words], env=self.environment(user))

    def run_on_server(self, program, *words, cwd=None):
        """Runs a program as the servers' user (pg_basebackup, pg_upgrade, ...: what makes data folders)."""
        command = [*account.prefix(), self.server.program(program), *words]
        return say.capture(command, env=self.environment() | self.variables, cwd=cwd or self.folder)

    # -- up and down -------------------------------------------------------------------------------------------

    def up(self):
        done = self._pg_ctl("-t", "60", "-l", self.log, "start")
        if done.returncode:
            why = say.tail(self.log, 20) if self.log.exists() else done.stderr
            raise say.Failure(f"PostgreSQL {self.major} did not start:\n{why}")

    def down(self, mode="fast"):
        if (self.data / "postmaster.pid").exists():
            self._pg_ctl("-m", mode, "stop")

    def restart(self):
        self.down()
        self.up()

    def remove(self):
        """Stops the server and removes everything of it."""
        self.down("immediate")
        if self.log.exists():
            shutil.copyfile(self.log, paths.tools("logs") / f"server-{self.folder.name.rpartition('-')[0]}.log")
        sockets = self.socket_folder
        if sockets.parent != self.folder:
            account.remove(sockets)
        account.remove(self.folder)
        if self._lock:
            self._lock.close()
            self._lock = None

    def _pg_ctl(self, *words):
        # The server gets a file for its output: with a pipe, reading to the end would wait for the server to end.
        command = [*account.prefix(), self.server.program("pg_ctl"), "-D", self.data, "-w", "-s", *words]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=self.server.environment() | self.variables, cwd=self.folder)

    # -- making ------------------------------------------------------------------------------------------------

    def _hold(self):
        """Marks the cluster as this run's: the lock goes when the run ends, however it ends."""
        libraries = [str(folder) for folder in self.server.libraries]
        noted = {"major": self.major, "bindir": str(self.server.bindir), "libraries": libraries}
        (self.folder / "server.json").write_text(json.dumps(noted))
        self._lock = (self.folder / "run").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def _prepare(self, settings, from_data):
        if len(bytes(self.folder)) <= LONGEST_SOCKET_FOLDER:
            (self.folder / "sockets").mkdir()
            (self.folder / "s").symlink_to("sockets")
        else:
            (self.folder / "s").symlink_to(tempfile.mkdtemp(prefix="pg_tenancy-"))
        account.give(self.socket_folder)
        account.give(self.folder)
        if from_data:
            from_data(self.data)
        else:
            shutil.copytree(initialised(self.server, self.said), self.data)
        (self.data / "pg_tenancy.conf").write_text("\n".join([
            (paths.CONFIG / "postgresql.conf").read_text(),
            f"unix_socket_directories = '{self.socket_folder}'", *circumstances.settings(self.said), *settings, ""]))
        account.give(self.data)


def initialised(server, said=None):
    """A data folder fresh from initdb, made once a server and copied for each cluster."""
    # checksums everywhere, as from PostgreSQL 18 on by default: pg_upgrade wants both sides alike
    locale = said["locale"] if said else "C"
    words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--data-checksums", "--no-sync")
    tag = hashlib.sha256(f"{server.bindir} {words}".encode()).hexdigest()[:8]
    folder = paths.tools("initialised") / f"{server.major}-{tag}"
    with say.lock("initdb"):
        if not folder.exists():
            half = folder.with_name(folder.name + ".half")
            account.remove(half)
            half.mkdir()
            account.give(half)
            say.run([*account.prefix(), server.program("initdb"), "-D", half, *words], f"initdb-{server.major}",
                    env=server.environment() | circumstances.variables(said), cwd=half)
            with (half / "postgresql.conf").open("a") as conf:
                conf.write("include 'pg_tenancy.conf'\n")
            half.rename(folder)
    return folder


def sweep():
    """Removes the clusters of runs that ended without doing so; the caller holds the lock on clusters."""
    for folder in paths.tools(HOME).iterdir():
        if (folder / "kept").exists() or not (folder / "run").exists():
            continue
        with (folder / "run").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            say.line(f"-- removing {folder.name}, left by a run that was ended")
            Cluster.at(folder).remove()
