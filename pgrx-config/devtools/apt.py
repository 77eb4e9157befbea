"""Debian packages, fetched with a package state of our own below .tools: no root, nothing installed.

The archive and its keys are the machine's own. For another release of Debian the name of the suite is replaced.
"""

import functools
import os
import re
import subprocess
from pathlib import Path

from . import paths, say

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Never taken from another package than the machine's own: a second C library beside the first cannot work.
OF_THE_MACHINE = re.compile(r"libc6|libc-bin|libgcc-s1|libstdc\+\+6|libcrypt1|libclang.*|libperl.*")


def machine_suite():
    release = dict(re.findall(r'^(\w+)="?(.*?)"?$', Path("/etc/os-release").read_text(), re.M))
    return release.get("VERSION_CODENAME", "")


def sources(suite):
    """The machine's own Debian sources as one-line entries, for the given suite."""
    own = machine_suite()
    listed = say.capture(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                          "Created-By: Packages"])
    option = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    found = []
    for uri, release, component in (entry.split() for entry in sorted(set(listed.splitlines()))):
        if component == "main" and release in (own, f"{own}-updates", f"{own}-security"):
            found.append(f"deb {option}{uri} {release.replace(own, suite, 1)} {component}\n")
    if not found:
        raise say.Failure("this machine has no apt source of Debian's main archive")
    return "".join(found)


@functools.cache
def options(suite):
    """apt's options that keep it away from the machine's state; updates the package lists once a run."""
    home = paths.tools("apt", suite)
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / "sources.list").write_text(sources(suite))
    (home / "status").touch()
    settings = {
        "Dir::Etc::sourcelist": home / "sources.list", "Dir::Etc::sourceparts": "-",
        "Dir::State": home / "state", "Dir::State::lists": home / "state/lists", "Dir::State::status": home / "status",
        "Dir::Cache": home / "cache", "APT::Install-Recommends": "false", "APT::Default-Release": "",
        "Acquire::Retries": "3",
        # root would otherwise download as a user who perhaps cannot read this checkout
        "APT::Sandbox::User": "root",
    }
    words = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    with say.lock("apt-lists"), say.step(f"reading Debian's package list ({suite})"):
        say.run(["apt-get", *words, "-o", "APT::Update::Error-Mode=any", "update"], f"apt-update-{suite}")
    return words


def download(names, suite):
    """Fetches the packages (their names alone) and gives the .deb files."""
    words = options(suite)
    folder = paths.tools("apt", suite, "debs")
    say.run(["apt-get", *words, "download", *names], f"apt-download-{suite}", cwd=folder)
    return [newest(folder, name) for name in names]


def newest(folder, name):
    return max(folder.glob(f"{name}_*.deb"), key=lambda file: file.stat().st_mtime)


def unpack(names, folder, suite=None):
    """Fetches packages and unpacks them together below the folder."""
    with say.lock("apt"):
        for file in download(names, suite or machine_suite()):
            say.run(["dpkg-deb", "-x", file, folder], "dpkg-deb")


def source(name, folder, suite):
    """Fetches a source package and unpacks what its authors released, without Debian's changes."""
    home = paths.tools("apt", f"{suite}-source")
    (home / "lists/partial").mkdir(parents=True, exist_ok=True)
    words = [*options(suite), "-o", f"Dir::Etc::sourcelist={home / 'sources.list'}", "-o", f"Dir::State::lists={home / 'lists'}"]
    (home / "sources.list").write_text(sources(suite).replace("deb ", "deb-src ", 1).replace("\ndeb ", "\ndeb-src "))
    with say.lock("apt"), say.step(f"fetching the source of {name} from Debian ({suite})"):
        say.run(["apt-get", *words, "update"], f"apt-update-{suite}-source")
        say.run(["apt-get", *words, "source", "--download-only", name], f"apt-source-{name}", cwd=home)
        released = max(home.glob(f"{name}_*.orig.tar.*"), key=lambda file: file.stat().st_mtime)
        say.run(["tar", "-xf", released, "-C", folder, "--strip-components=1"], f"tar-{name}")


def missing_libraries(names, suite=None):
    """The shared-library packages that the named packages' programs need and this machine does not have."""
    words = [*options(suite or machine_suite())]
    found, asked = set(), [name for name in names if not name.endswith("-dev") and "-dev-" not in name]
    while asked:    # from library to library only: what installing needs besides is of no use to an unpacked program
        listed = say.capture(["apt-cache", *words, "depends", "--important", *asked])
        named = set(re.findall(r"Depends: (lib[\w.+-]+)", listed))
        asked = sorted(name for name in named - found if not OF_THE_MACHINE.fullmatch(name) and not installed(name))
        found |= set(asked)
    return sorted(found - set(names))


def installed(name):
    if os.environ.get("PG_TENANCY_ASSUME_BARE_MACHINE"):    # to try out what a machine without them does
        return False
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True)
    return "ok installed" in shown.stdout
