-- $1 relation, $2 column. Its type, whether it has a default and an index that begins with it.
select
  format_type(a.atttypid, null),
  a.atthasdef,
  exists (
    select from pg_index i
    where i.indrelid = a.attrelid
      and i.indkey[0] = a.attnum
      and i.indpred is null
      and i.indisvalid
  )
from pg_attribute a
where a.attrelid = $1
  and a.attname = $2
  and a.attnum > 0
  and not a.attisdropped
