-- $1 relation. Its columns that hold values of their own: name, type with its modifiers, whether JSON shows the type as it is
-- read back, whether it is JSON, whether a collation decides its order, whether it is an identity, and the place in the primary key.
with recursive base (attnum, oid) as (
  select a.attnum, a.atttypid from pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
  union all
  select base.attnum, t.typbasetype from base join pg_type t on t.oid = base.oid where t.typtype = 'd'
)
select
  a.attname::text,
  format_type(a.atttypid, a.atttypmod),
  -- PostgreSQL's own plain types.
  a.atttypid < 16384 and t.typtype = 'b' and t.typcategory <> 'A' and a.atttypid not in ('json'::regtype, 'jsonb'::regtype),
  b.oid in ('json'::regtype, 'jsonb'::regtype),
  a.attcollation <> 0,
  a.attidentity <> '',
  array_position(i.indkey::int2[], a.attnum) + 1
from pg_attribute a
join pg_type t on t.oid = a.atttypid
join lateral (
  select base.oid from base join pg_type bt on bt.oid = base.oid where base.attnum = a.attnum and bt.typtype <> 'd' limit 1
) b on true
left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
where a.attrelid = $1
  and a.attnum > 0
  and not a.attisdropped
  and a.attgenerated = ''
order by a.attnum
