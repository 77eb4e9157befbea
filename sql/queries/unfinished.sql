-- What protect() could not do while rows broke the rules: the tables and the commands. Foreign keys that are not enforced, as
-- PostgreSQL 18 has them, hold nothing and cannot be validated.
select p.relation::oid, format('alter table %s alter column %I set not null', p.relation, p.tenant_column)
from tenancy.protection p
join pg_attribute a on a.attrelid = p.relation and a.attname = p.tenant_column
where p.kind = 'required'
  and not a.attnotnull
union all
select c.conrelid, format('alter table %s validate constraint %I', c.conrelid::regclass, c.conname)
from pg_constraint c
where c.contype = 'f'
  and c.confrelid = 'tenancy.tenants'::regclass
  and not c.convalidated
  and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
union all
select p.relation::oid, format(
  'alter table %s add foreign key (%I) references tenancy.tenants (%I)',
  p.relation,
  p.tenant_column,
  case p.tenant_key when 'uuid' then 'id' else 'number' end
)
from tenancy.protection p
join pg_attribute a on a.attrelid = p.relation and a.attname = p.tenant_column
where not exists (
  select from pg_constraint c
  where c.conrelid = p.relation
    and c.contype = 'f'
    and c.confrelid = 'tenancy.tenants'::regclass
    and c.conkey = array[a.attnum]
    and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
)
