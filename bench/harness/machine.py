"""What was measured on; nothing that says whose machine it is."""

import datetime
import os
import re
from pathlib import Path

from devtools import paths, say


def about(clusters_versions, quick, rows):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {memory()} GB of memory",
        "commit": commit(),
        "postgresql": clusters_versions,
        "quick": quick,
        "rows": rows,
        "tenants": 1000,
    }


def commit():
    """Of the checkout, and whether it was changed since, other than by earlier results; an unpacked release has none."""
    if not (paths.ROOT / ".git").exists():
        return None
    git = lambda *words: say.capture(["git", *words], cwd=paths.ROOT).strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/results")
    return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")


def processor():
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1].strip() if found else os.uname().machine


def memory():
    kilobytes = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1])
    return round(kilobytes / 1024 ** 2)


def version(server):
    return say.capture([server.program("postgres"), "--version"], env=server.environment()).split()[2]
