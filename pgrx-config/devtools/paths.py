"""Where things lie. All that is fetched or made goes below TOOLS, which git ignores."""

import functools
import tomllib
from pathlib import Path

CONFIG = Path(__file__).resolve().parent.parent
ROOT = CONFIG.parent
TOOLS = ROOT / ".tools"
TARGET = ROOT / "target"
LOGS = TOOLS / "logs"


@functools.cache
def versions():
    """versions.toml as a dictionary."""
    return tomllib.loads((CONFIG / "versions.toml").read_text())


def tools(*parts):
    """A folder below TOOLS, made if it is missing."""
    folder = TOOLS.joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
