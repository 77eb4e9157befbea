-- $1 protected table. What the tenant column and row security of it and its parts lack.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
parts as (
  select
    c.oid, c.oid::regclass::text as name, c.relrowsecurity, c.relforcerowsecurity,
    p.kind, p.tenant_column, p.tenant_key, a.attnum, a.atttypid, a.attnotnull, a.atthasdef,
    format('select tenancy.mend(%L)', p.relation::text) as mend, c.oid = p.relation as is_root,
    -- the column that our policy asks for, whatever it is called by now
    (
      select b.attname
      from pg_policy y
      join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = y.oid and d.refobjid = c.oid and d.refobjsubid > 0
      join pg_attribute b on b.attrelid = c.oid and b.attnum = d.refobjsubid
      where y.polrelid = c.oid and y.polname = 'tenancy_select' and b.attname <> p.tenant_column
      limit 1
    ) as renamed
  from tenancy.protection p
  cross join down
  join pg_class c on c.oid = down.relation and c.relkind in ('r', 'p')
  left join pg_attribute a on a.attrelid = c.oid and a.attname = p.tenant_column and a.attnum > 0 and not a.attisdropped
  where p.relation = $1
    and p.kind <> 'untenanted'
)
select 'tenant_column_renamed', oid, format('column %I of table %s', renamed, name),
  format('it was the tenant column %I, and the registry does not know: nothing of the table can be looked at or mended', tenant_column),
  format('update tenancy.protection set tenant_column = %L where relation = %L::regclass', renamed, name)
from parts
where attnum is null
  and renamed is not null
  and is_root
union all
select 'tenant_column_missing', oid, format('table %s', name),
  format('the table has no column %I, which is to name the tenants of its rows', tenant_column),
  format('alter table %s add column %I %s', name, tenant_column, case tenant_key when 'uuid' then 'uuid' else 'bigint' end)
from parts
where attnum is null
  and renamed is null
union all
select 'tenant_column_type', oid, format('column %I of table %s', tenant_column, name),
  format('the tenant column is of type %s', format_type(atttypid, null)),
  format('alter table %s alter column %I type %s using %2$I::%3$s', name, tenant_column, case tenant_key when 'uuid' then 'uuid' else 'bigint' end)
from parts
where not atttypid = any (case tenant_key when 'uuid' then array['uuid'::regtype] else array['integer'::regtype, 'bigint'] end)
union all
select 'tenant_column_nullable', oid, format('column %I of table %s', tenant_column, name),
  'the tenant column of a required table may be NULL',
  format('alter table %s alter column %I set not null', name, tenant_column)
from parts
where kind = 'required'
  and attnum is not null
  and (
    not attnotnull
    or exists (
      select from pg_constraint n
      where n.conrelid = parts.oid and n.contype = 'n' and n.conkey = array[attnum] and not n.convalidated
    )
  )
union all
select 'tenant_default', oid, format('column %I of table %s', tenant_column, name),
  'the tenant column has no default: every statement has to name the tenant',
  mend
from parts
where attnum is not null
  and not atthasdef
union all
select 'row_security_disabled', oid, format('table %s', name),
  'row security is disabled: who has privileges on the table sees the rows of all tenants',
  format('alter table %s enable row level security', name)
from parts
where not relrowsecurity
union all
select 'row_security_not_forced', oid, format('table %s', name),
  'row security is not forced: the owner of the table sees the rows of all tenants',
  format('alter table %s force row level security', name)
from parts
where not relforcerowsecurity
