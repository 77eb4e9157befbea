-- $1 relation, $2 tenant column. What of the column's definition came with protect(), as actions of ALTER TABLE.
select format('drop constraint %I', c.conname)
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and array[a.attnum] = c.conkey
where c.conrelid = $1
  and c.contype = 'f'
  and c.confrelid = 'tenancy.tenants'::regclass
  and a.attname = $2
union all
select format('alter column %I drop default', a.attname)
from pg_attribute a
join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1
  and a.attname = $2
  and pg_get_expr(d.adbin, d.adrelid) like 'tenancy.writable_tenant%'
