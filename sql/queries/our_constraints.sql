-- $1 relation, $2 tenant column, $3 the protected table that it is or is a part of. What of the definition came with
-- protect(), as actions of ALTER TABLE.
select format('drop constraint %I', c.conname)
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
union all
select format('alter column %I drop default', a.attname)
from pg_attribute a
join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1
  and a.attname = $2
  and pg_get_expr(d.adbin, d.adrelid) like 'tenancy.writable_tenant%'
union all
select format('alter column %I drop not null', a.attname)
from tenancy.protection p
join pg_attribute a on a.attrelid = p.relation
where p.relation = $1
  and a.attname = $2
  and a.attnotnull
  and p.kind = 'required'
  and not 'not_null' = any (p.had)
union all
select case had.what when 'row_security' then 'enable row level security' else 'force row level security' end
from tenancy.protection p
cross join unnest(p.had) had (what)
where p.relation = $1
  and had.what in ('row_security', 'forced')
