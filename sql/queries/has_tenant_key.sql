-- $1 relation, $2 tenant column. The foreign keys from the column to tenants that are enforced; those that are not, as
-- PostgreSQL 18 has them, hold nothing.
select c.conname::text, c.convalidated
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and array[a.attnum] = c.conkey
where c.conrelid = $1
  and c.contype = 'f'
  and c.confrelid = 'tenancy.tenants'::regclass
  and a.attname = $2
  and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
