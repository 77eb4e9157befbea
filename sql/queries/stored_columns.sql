-- $1 relation. Its columns that are stored, quoted.
select quote_ident(a.attname)
from pg_attribute a
where a.attrelid = $1
  and a.attnum > 0
  and not a.attisdropped
  and a.attgenerated <> 'v'
order by a.attnum
