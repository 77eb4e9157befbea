-- $1 relation. The tables that it refers to, and by which columns to which.
select
  c.confrelid,
  array(
    select a.attname::text
    from unnest(c.conkey) with ordinality k (attnum, nth)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
    order by k.nth
  ),
  array(
    select a.attname::text
    from unnest(c.confkey) with ordinality k (attnum, nth)
    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum
    order by k.nth
  )
from pg_constraint c
where c.conrelid = $1
  and c.contype = 'f'
  and c.conparentid = 0
order by c.conname
