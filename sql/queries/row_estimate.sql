-- $1 relation. How many rows it has by the last ANALYZE, and how many blocks now.
select
  case when c.reltuples >= 0 then c.reltuples::bigint end,
  pg_relation_size(c.oid) / current_setting('block_size')::bigint
from pg_class c
where c.oid = $1
