-- $1 relation, $2 tenant column. A row if a foreign key from the column to tenants exists.
select
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and array[a.attnum] = c.conkey
where c.conrelid = $1
  and c.contype = 'f'
  and c.confrelid = 'tenancy.tenants'::regclass
  and a.attname = $2
