"""Readable names in the walk's SQL: {tenant DE-BY} stands for that tenant's id, as names.sql lists them.

They stay as comments, so that the SQL shown can be read as well as copied.
"""

import re
from pathlib import Path

from devtools import say

LIST = Path(__file__).parent.parent / "sql/names.sql"


class Names:
    def __init__(self, cluster, database):
        self.cluster, self.database = cluster, database
        self.known = {}

    def put_into(self, text):
        return re.sub(r"('?)\{(\w+ [\w-]+)\}('?)", lambda found:
                      f"{found[1]}{self.value(found[2])}{found[3]} /* {found[2]} */", text)

    def value(self, name):
        if name not in self.known:
            listed = self.cluster.psql(self.database, LIST.read_text("utf-8"))
            self.known = dict(line.split("|") for line in listed.splitlines())
        if name not in self.known:
            raise say.Failure(f"there is no {name} in the demo")
        return self.known[name]
