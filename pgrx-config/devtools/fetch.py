"""Gets packages from PyPI and Debian and unpacks them below .tools; nothing is installed on the machine.

    fetch.wheel("pycountry", "24.6.1")   -> the folder with the wheel's content
    fetch.deb("hwdata")                  -> the folder with the package's content (usr/share/...)
    fetch.debian_program("sqlsmith")     -> the program, and the folders for LD_LIBRARY_PATH
    fetch.python("psycopg")              -> a folder for sys.path with what versions.toml lists under that name
    fetch.node()                         -> the program node, and a folder with what versions.toml lists under [node]
"""

import functools
import os
import platform
import shutil
import subprocess
import sys
import zipfile

from . import apt, paths, say

MANYLINUX = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux2010")


@functools.cache
def pip():
    """The words that run pip: with a Python that has it, else as the wheel that Debian ships."""
    if not os.environ.get("PG_TENANCY_ASSUME_BARE_MACHINE"):
        for python in (sys.executable, "/usr/bin/python3"):
            if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0:
                return (python, "-m", "pip")
    # A wheel of pip is a zip file that Python can run as it is.
    wheel = next((deb("python3-pip-whl") / "usr/share/python-wheels").glob("pip-*.whl"))
    return (sys.executable, wheel / "pip")


def pip_run(words, log):
    say.run([*pip(), *words, "--disable-pip-version-check", "--no-input"], log)


def unpacked(folder, fill):
    """Makes the folder by fill(empty folder), all or nothing, once for all runs in this checkout."""
    if folder.exists():
        return folder
    with say.lock(folder.name):
        if folder.exists():
            return folder
        half = folder.with_name(folder.name + ".half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        fill(half)
        half.rename(folder)
    return folder


def wheel(name, version):
    """A wheel's content. The tags of Python 3.11 are asked for, whichever Python runs: it is only unpacked."""
    def fill(folder):
        with say.step(f"fetching {name} {version} from PyPI"):
            tags = [word for tag in MANYLINUX for word in ("--platform", f"{tag}_{platform.machine()}")]
            pip_run(["download", "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version",
                     "3.11", "--abi", "cp311", *tags, "--dest", folder, f"{name}=={version}"], f"pip-{name}")
            file = next(folder.glob("*.whl"))
            unzip(file, folder)
            file.unlink()
    return unpacked(paths.tools("wheels") / f"{name}-{version}", fill)


def unzip(file, folder):
    """Unpacks a zip file with the permissions that it records (which zipfile itself leaves out)."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            path = archive.extract(entry, folder)
            if mode := entry.external_attr >> 16 & 0o777:
                os.chmod(path, mode | 0o600)


def debian_program(name):
    """The program of a Debian package, and the folders of those libraries of it that this machine lacks."""
    def fill(folder):
        with say.step(f"fetching {name} from Debian"):
            apt.unpack([name, *apt.missing_libraries([name])], folder)
    content = unpacked(paths.tools("programs") / f"{name}-{apt.machine_suite()}", fill)
    return content / "usr/bin" / name, library_folders(content)


def library_folders(content):
    """Where unpacked Debian packages have libraries: programs look in the system's folders only."""
    return sorted({file.parent for top in ("lib", "usr/lib") for file in (content / top).glob("*-linux-*/lib*.so*")})


def deb(name, suite=None):
    """A Debian package's content, without what it depends on."""
    suite = suite or apt.machine_suite()

    def fill(folder):
        with say.step(f"fetching {name} from Debian ({suite})"):
            apt.unpack([name], folder, suite)
    return unpacked(paths.tools("debs") / f"{suite}-{name}", fill)


def python(name):
    """A folder to put on sys.path, with the packages that versions.toml lists under [python] name."""
    wanted = paths.versions()["python"][name]
    tag = f"python{sys.version_info.major}.{sys.version_info.minor}"

    def fill(folder):
        with say.step(f"fetching {', '.join(wanted)} from PyPI"):
            pip_run(["install", "--only-binary=:all:", "--target", folder, *wanted], f"pip-{name}")
    version = "-".join(word.rpartition("==")[2] for word in wanted)
    return unpacked(paths.tools("python") / f"{name}-{version}-{tag}", fill)


def node():
    """Node.js, and a folder with node_modules: the packages that versions.toml lists under [node]."""
    wanted = paths.versions()["node"]
    content = wheel(wanted["wheel"], wanted["version"])
    program = content / wanted["program"]

    def fill(folder):
        with say.step(f"fetching {', '.join(wanted['packages'])} from npm"):
            say.run([program, content / wanted["npm"], "install", "--prefix", folder, "--ignore-scripts", "--no-audit",
                     "--no-fund", "--no-save", *wanted["packages"]], "npm", cwd=folder)
    tag = "-".join(package.replace("/", "-") for package in wanted["packages"])
    return program, unpacked(paths.tools("node") / tag, fill)
