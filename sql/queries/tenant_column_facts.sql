-- $1 relation, $2 column. Its type, its default, whether it has an index that begins with it; the type of a tenant column that has
-- the same values, if there is one.
select
  format_type(a.atttypid, null),
  (select coalesce(pg_get_expr(d.adbin, d.adrelid), '') from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum),
  exists (
    select from pg_index i
    where i.indrelid = a.attrelid
      and i.indkey[0] = a.attnum
      and i.indpred is null
      and i.indisvalid
  ),
  case
    when t.typbasetype in ('uuid'::regtype, 'integer'::regtype, 'bigint'::regtype) then format_type(t.typbasetype, null)
    when coalesce(nullif(t.typbasetype, 0), t.oid) in ('smallint'::regtype, 'numeric'::regtype) then 'bigint'
  end
from pg_attribute a
join pg_type t on t.oid = a.atttypid
where a.attrelid = $1
  and a.attname = $2
  and a.attnum > 0
  and not a.attisdropped
