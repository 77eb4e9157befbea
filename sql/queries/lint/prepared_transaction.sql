-- They keep their locks, and what they wrote is checked by the context in which it was written.
select
  'prepared transaction ' || quote_literal(x.gid),
  format('It was prepared by %I at %s and not finished: its locks hold up others.', x.owner, x.prepared),
  format('rollback prepared %L', x.gid)
from pg_prepared_xacts x
where x.database = current_database()
