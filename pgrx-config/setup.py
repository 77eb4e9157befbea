#!/usr/bin/env python3
"""What the Makefile calls: fetch servers, install the extension, lint, clean. `setup.py --help` lists it all."""

import argparse
import os
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

from devtools import account, build, cluster, paths, say, servers, toolchain  # noqa: E402


def fetch(majors):
    """fetch the servers and the tools, build nothing of ours"""
    for major in majors or servers.wanted():
        say.line(f"PostgreSQL {major}: {servers.get(major).bindir}")
    toolchain.cargo_pgrx()


def install(pg_config):
    """optimised build into an installed PostgreSQL"""
    build.install_release(Path(shutil.which(pg_config) or pg_config))


def check():
    """format, lints, and that every script compiles"""
    build.check()
    with say.step("python syntax"):
        for folder in ("pgrx-config", "tests", "examples", "bench"):
            for file in sorted((paths.ROOT / folder).rglob("*.py")):
                compile(file.read_text(), str(file), "exec")


def psql(major):
    """psql as superuser on a throw-away server that has the extension"""
    with cluster.Cluster.start(major, "psql") as server:
        server.createdb("play")
        server.psql("play", "create extension pg_tenancy cascade")
        try:
            os.spawnve(os.P_WAIT, server.server.program("psql"), ["psql", "-X", "-d", "play"], server.environment())
        except KeyboardInterrupt:
            pass


def environment(major):
    """lines for a shell: what plain cargo commands need"""
    own = toolchain.environment(servers.get(major or servers.default()), "check")
    for name, value in own.items():
        if os.environ.get(name) != value:
            print(f"export {name}='{value}'")


def clean():
    """remove everything fetched, built and running"""
    for folder in paths.tools(cluster.HOME).iterdir():
        cluster.Cluster.at(folder).remove()
    for folder in (paths.TOOLS, paths.TARGET):
        account.remove(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help=fetch.__doc__).add_argument("majors", nargs="*", type=int)
    commands.add_parser("install", help=install.__doc__).add_argument("pg_config")
    commands.add_parser("psql", help=psql.__doc__).add_argument("major", nargs="?", type=int)
    commands.add_parser("environment", help=environment.__doc__).add_argument("major", nargs="?", type=int)
    commands.add_parser("check", help=check.__doc__)
    commands.add_parser("clean", help=clean.__doc__)
    given = vars(parser.parse_args())
    globals()[given.pop("command")](**given)


say.main(main)
