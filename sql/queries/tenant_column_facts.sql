-- $1 relation, $2 column. Its type, its default, whether it has an index that begins with it.
select
  format_type(a.atttypid, null),
  (select coalesce(pg_get_expr(d.adbin, d.adrelid), '') from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum),
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
