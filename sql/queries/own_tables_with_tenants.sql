-- The tables of the extension whose rows belong to tenants.
select c.oid
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where n.nspname = 'tenancy'
  and c.relkind = 'r'
  and a.atttypid = 'uuid'::regtype
order by c.relname collate "C"
