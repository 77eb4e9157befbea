-- $1 relation, $2 tenant column, $3 the protected table that it is or is a part of. The foreign keys to tenants that came with protect().
select c.oid
from tenancy.protection p
join pg_constraint c on c.conrelid = $1
join pg_attribute a on a.attrelid = c.conrelid and array[a.attnum] = c.conkey
where p.relation = $3
  and c.contype = 'f'
  and c.confrelid = 'tenancy.tenants'::regclass
  and a.attname = $2
  and not 'foreign_key' = any (p.had)
  -- one that is not, from PostgreSQL 18 on, was there before
  and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
order by c.oid
