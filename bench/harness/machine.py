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
    """Of the checkout, and whether it was changed since; an unpacked release has none."""
    if not (paths.ROOT / ".git").exists():
        return None
    return say.capture(["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=paths.ROOT).strip()


def processor():
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1].strip() if found else os.uname().machine


def memory():
    kilobytes = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1])
    return round(kilobytes / 1024 ** 2)


def version(server):
    return say.capture([server.program("postgres"), "--version"], env=server.environment()).split()[2]
