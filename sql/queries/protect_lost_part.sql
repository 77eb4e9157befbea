-- $1 a table that carries our policies. What the table that it was a part of said of it, read off its own column.
insert into tenancy.protection (relation, kind, tenant_column, tenant_key, had)
select
  $1,
  case when a.attnotnull then 'required' else 'optional' end,
  a.attname,
  case when a.atttypid = 'uuid'::regtype then 'uuid' else 'number' end,
  '{not_null}'
from pg_policy p
join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refobjid = p.polrelid and d.refobjsubid > 0
join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where p.polrelid = $1
  and p.polname = 'tenancy_select'
on conflict (relation) do nothing
