"""Builds the extension, installs it, lints it, and runs its pure-Rust tests."""

import hashlib
import os

from . import paths, say, servers, toolchain

SOURCES = ("Cargo.toml", "Cargo.lock", "pg_tenancy.control", "src", "sql", "build.rs", ".cargo")


def sources_digest():
    """A fingerprint of all that the build reads."""
    digest = hashlib.sha256()
    for top in SOURCES:
        path = paths.ROOT / top
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(paths.ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def features(server):
    return ["--no-default-features", "--features", f"pg{server.major}"]


def install(major, optimised=False):
    """The extension, built and installed in our server of that major; quick when nothing has changed.

    optimised: in a copy of the server, so that measurements and tests can run at the same time.
    """
    server = servers.copy(servers.get(major), "optimised") if optimised else servers.get(major)
    mark = server.bindir / "pg_tenancy.installed"
    what, flags = (f"{major}-optimised", ["--release"]) if optimised else (str(major), [])
    with say.lock(f"install-{what}"):
        digest = sources_digest()
        if not mark.exists() or mark.read_text() != digest:
            mark.unlink(missing_ok=True)
            with say.step(f"building pg_tenancy for PostgreSQL {major}{' (optimised)' if optimised else ''}"):
                install_into(server, f"pg{what}-given" if server.given else f"pg{what}", *flags)
            mark.write_text(digest)
    return server


def install_into(server, target, *flags):
    # cargo-pgrx unlinks the old library before it writes the new one: one that is overwritten in place would crash
    # the backends that have it loaded.
    say.run([toolchain.cargo_pgrx(), "pgrx", "install", "--pg-config", server.pg_config, *features(server), *flags],
            f"build-{target}", cwd=paths.ROOT, env=toolchain.environment(server, target))


def install_release(pg_config):
    """What a DBA runs: an optimised build into an installed PostgreSQL."""
    version = say.capture([pg_config, "--version"]).split()[1]
    major = int(version.partition(".")[0])
    server = servers.Server(major, pg_config.absolute().parent)
    folders = [server.ask("--pkglibdir"), server.ask("--sharedir") / "extension"]
    for folder in folders:
        if not os.access(folder, os.W_OK):
            raise say.Failure(f"{folder} cannot be written by this user; run the same command as one who may")
    with say.step(f"building and installing pg_tenancy for PostgreSQL {version} (optimised)"):
        install_into(server, f"pg{major}", "--release")
    say.line(f"installed into {folders[0]} and {folders[1]}; now: CREATE EXTENSION pg_tenancy;")


def cargo(words, log, flags=(), **environment):
    """Runs cargo on the crate outside cargo-pgrx, in a target folder of its own: the linker's flags differ."""
    server = servers.get(servers.default())
    with say.lock("cargo-check"):
        return say.run([toolchain.cargo(), *words, *features(server), *flags], log, cwd=paths.ROOT,
                       env=toolchain.environment(server, "check") | environment)


def check():
    with say.step("cargo fmt --check"):
        say.run([toolchain.cargo(), "fmt", "--check"], "fmt", cwd=paths.ROOT)
    with say.step("cargo clippy"):
        cargo(["clippy", "--all-targets"], "clippy", ["--", "-D", "warnings"])
