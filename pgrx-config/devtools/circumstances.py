"""Other circumstances than the developers': one major's test servers run by another clock, in another time zone and locale.

What a test expects must not depend on them. versions.toml says which major, and what its servers are told.
"""

import functools
import os
import subprocess
from pathlib import Path

from . import fetch, paths, say


def of(major):
    """What versions.toml says of the major's test servers; None where they run as the others."""
    said = paths.versions()["circumstances"]
    return said if said["major"] == major and not os.environ.get("PG_CONFIG") else None


def settings(said):
    """Lines of postgresql.conf."""
    return [f"{name} = '{said['timezone']}'" for name in ("timezone", "log_timezone")] if said else []


def variables(said):
    """Variables of the servers' environment."""
    if not said:
        return {}
    return {
        "LD_PRELOAD": str(clock()),
        "MOVED_SECONDS": str(said["days"] * 86_400),
        "LOCPATH": str(locales(said["locale"])),
        "TZ": said["timezone"],
    }


@functools.cache
def clock():
    """The library that moves the wall clock, compiled on first use."""
    made = paths.tools("circumstances") / "clock.so"
    with say.lock("circumstances"):
        if not made.exists():
            half = made.with_suffix(".half")
            subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", half, paths.CONFIG / "devtools/clock.c", "-ldl"], check=True)
            half.rename(made)
    return made


@functools.cache
def locales(name):
    """The folder that has the locale, made on first use from the sources in Debian's package locales."""
    folder = paths.tools("circumstances") / "locales"
    with say.lock("circumstances"):
        if not (folder / name / "LC_MONETARY").exists():
            folder.mkdir(exist_ok=True)
            language, _, encoding = name.partition(".")
            # warns, and ends with 1, of what the locale has of its own
            made = subprocess.run(["localedef", "-i", language, "-f", encoding, folder / name],
                                  env=os.environ | {"I18NPATH": str(sources())}, capture_output=True, text=True)
            if not (folder / name / "LC_MONETARY").exists():
                raise say.Failure(f"locale {name} cannot be made: {made.stderr}")
    return folder


def sources():
    """Where locales are made from: this machine's own, or the package's, unpacked."""
    own = Path("/usr/share/i18n")
    bare = os.environ.get("PG_TENANCY_ASSUME_BARE_MACHINE")
    return own if own.exists() and not bare else fetch.deb("locales") / "usr/share/i18n"
