"""A competitor's connection, and timing a statement inside the server: a PL/pgSQL loop around it, so that neither the client
nor the network counts, and the plan is kept as prepared statements keep theirs."""

import itertools
import re

LOOP = """
create function pg_temp.{name}(times integer) returns double precision language plpgsql as $bench$
declare
  keys constant bigint[] := '{{{keys}}}';
  mine constant uuid[] := '{{{mine}}}';
  key bigint;
  began timestamptz := clock_timestamp();
begin
  for turn in 1..times loop
    key := keys[1 + turn % cardinality(keys)];
    {statement};
  end loop;
  return extract(epoch from clock_timestamp() - began) * 1000 / times;
end
$bench$
"""
NAMES = (f"timed_{n}" for n in itertools.count(1))


class Session:
    """One backend of one competitor."""

    def __init__(self, bench, database, name, user=None):
        self.name = name
        self.connection = bench.connect(database, user or f"bench_{name}")
        self.connection.execute("set plan_cache_mode = force_generic_plan")

    def act_for(self, tenants):
        for statement in tenants.entry(self.name):
            self.connection.execute(statement)

    def execute(self, text):
        return self.connection.execute(text)

    def timed(self, text, keys=(0,), mine=(), undo=False):
        """A function that runs the statement so many times and gives the milliseconds of one."""
        name = next(NAMES)
        statement = re.sub(r"^select", "perform", text)
        self.execute(LOOP.format(name=name, statement=statement, keys=",".join(map(str, keys)), mine=",".join(mine)))

        def run(times):
            if not undo:
                return self.execute(f"select pg_temp.{name}({times})").fetchone()[0]
            with self.connection.transaction(force_rollback=True):
                return self.execute(f"select pg_temp.{name}({times})").fetchone()[0]
        return run

    def close(self):
        self.connection.close()
