"""What compiling needs besides Rust and gcc: libclang for bindgen, and cargo-pgrx."""

import functools
import os
import shutil

from . import fetch, paths, say


@functools.cache
def libclang():
    pinned = paths.versions()["libclang"]
    content = fetch.wheel(pinned["wheel"], pinned["version"])
    return next(content.rglob("libclang.so")).parent


@functools.cache
def cargo_pgrx():
    """The cargo-pgrx program, compiled on first use (some minutes)."""
    version = paths.versions()["pgrx"]["version"]
    root = paths.tools() / f"cargo-pgrx-{version}"
    program = root / "bin/cargo-pgrx"
    with say.lock("cargo-pgrx"):
        if not program.exists():
            with say.step(f"compiling cargo-pgrx {version} (4 minutes on two cores)"):
                say.run([cargo(), "install", "cargo-pgrx", "--version", f"={version}", "--locked", "--root", root],
                        "cargo-pgrx", env=plain() | {"CARGO_TARGET_DIR": str(paths.TARGET / "cargo-pgrx")})
            shutil.rmtree(paths.TARGET / "cargo-pgrx", ignore_errors=True)
    return program


def cargo():
    found = shutil.which("cargo")
    if not found:
        raise say.Failure("cargo was not found on PATH: a Rust toolchain is needed")
    return found


def plain():
    """The caller's environment without what would change a build behind our back."""
    return {name: value for name, value in os.environ.items()
            if name not in ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "PG_CONFIG", "RUST_BACKTRACE")}


def environment(server, target):
    """For cargo: which PostgreSQL, which libclang, which target folder."""
    # One target folder a major: pgrx's bindings are rebuilt whenever another PostgreSQL is asked for.
    builtin = say.capture(["gcc", "-print-file-name=include"]).strip()
    settings = {
        "PGRX_HOME": pgrx_home(server, target), "PGRX_PG_CONFIG_PATH": server.pg_config,
        "LIBCLANG_PATH": libclang(), "BINDGEN_EXTRA_CLANG_ARGS": f"-isystem {builtin}",
        "CARGO_TARGET_DIR": paths.TARGET / target,
    }
    if server.libraries:
        # pg_config itself may need them
        settings["LD_LIBRARY_PATH"] = ":".join(map(str, server.libraries))
    return plain() | {name: str(value) for name, value in settings.items()}


def pgrx_home(server, target):
    """A PGRX_HOME below .tools. Its config.toml has to exist and keep its time stamp: cargo rebuilds pgrx otherwise."""
    home = paths.tools("pgrx-home", target)
    file, text = home / "config.toml", f'[configs]\npg{server.major} = "{server.pg_config}"\n'
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
    return home
