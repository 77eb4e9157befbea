-- $1 relation. The columns of its primary key, and whether each is of a type that PostgreSQL itself brings.
select a.attname::text, a.atttypid < 16384
from pg_index i
cross join unnest(i.indkey) with ordinality k (attnum, nth)
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
where i.indrelid = $1
  and i.indisprimary
order by k.nth
