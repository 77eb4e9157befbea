"""A competitor's connection, and timing a statement inside the server: a PL/pgSQL loop around it, so that neither the client
nor the network counts, and the plan is kept as prepared statements keep theirs."""

import itertools
import os
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
# EXPLAIN tells whole microseconds, and small plannings take three. pg_stat_statements sums up what the clock gives.
PLANNED = """
create function pg_temp.planned(query text, times integer) returns double precision language plpgsql
set pg_stat_statements.track = 'all' as $bench$
declare
  plan json;
  spent double precision;
begin
  execute 'explain (verbose, format json) ' || query into plan;
  spent := pg_temp.planning_spent((plan->0->>'Query Identifier')::bigint);
  for turn in 1..times loop
    execute 'explain (verbose, format json) ' || query into plan;
  end loop;
  return (pg_temp.planning_spent((plan->0->>'Query Identifier')::bigint) - spent) / times;
end
$bench$
"""
SPENT = """
create function pg_temp.planning_spent(bigint) returns double precision language sql as $bench$
  select sum(total_plan_time) from bench.pg_stat_statements where queryid = $1 and userid = current_user::regrole
$bench$
"""
NAMES = (f"timed_{n}" for n in itertools.count(1))


class Session:
    """One backend of one competitor."""

    def __init__(self, bench, database, name, user=None):
        self.name = name
        self.connection = bench.connect(database, user or f"bench_{name}")
        self.connection.execute("set plan_cache_mode = force_generic_plan")
        for function in (SPENT, PLANNED):
            self.connection.execute(function)
        self.stay_on_one_cpu(True)

    def act_for(self, tenants):
        for statement in tenants.entry(self.name):
            self.connection.execute(statement)

    def stay_on_one_cpu(self, wanted):
        """All sessions on the same one: each would keep to its own otherwise, and CPUs differ by what else they share."""
        cpus = os.sched_getaffinity(0)
        os.sched_setaffinity(self.connection.info.backend_pid, {max(cpus)} if wanted else cpus)

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
        run.backend = self.connection.info.backend_pid
        return run

    def planned(self, text):
        """A function that has the statement planned so many times and gives the milliseconds of one planning, as the server tells it."""
        def run(times):
            return self.connection.execute("select pg_temp.planned(%s, %s)", [text, times]).fetchone()[0]
        run.backend = self.connection.info.backend_pid
        return run

    def close(self):
        self.connection.close()
