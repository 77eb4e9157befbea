-- What has come into a governed schema while nothing looked, or was there before: it takes rows, though nobody declared it.
select
  case t.relkind when 'f' then 'foreign table ' else 'table ' end || t.oid::regclass,
  case t.relkind
    when 'f' then 'Its schema, or that of a table above it, is governed, and a foreign table cannot be protected.'
    else 'Its schema, or that of a table above it, is governed, but nobody declared it, and nothing refuses its rows until then: it was there before, or came while event triggers were off.'
  end,
  case
    -- not for a table with a tenant column: of that table_unprotected tells
    when t.relkind <> 'f' and not exists (
      select from pg_attribute a
      where a.attrelid = t.oid and a.attname in (select 'tenant_id' union all select tenant_column from tenancy.protection)
    ) then format('select tenancy.protect(%L, ''untenanted'')', t.oid::regclass)
  end
from (
  with recursive governed (relation) as (
    select c.oid
    from tenancy.governed_schemas g
    join pg_namespace n on n.nspname = g.schema_name
    join pg_class c on c.relnamespace = n.oid
    union
    select i.inhrelid from governed join pg_inherits i on i.inhparent = governed.relation
  )
  select relation from governed
) g
join pg_class c on c.oid = g.relation and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
join pg_class t on t.oid = coalesce(pg_partition_root(c.oid), c.oid)
where c.oid not in (select relation from part)
  and not exists (
    select from pg_trigger g
    where g.tgrelid = c.oid
      and g.tgname = '00_tenancy_undeclared'
      and g.tgfoid = to_regprocedure('tenancy.refuse_undeclared()')
      and g.tgenabled = 'A'
      and g.tgtype = 2 + 4
      and g.tgqual is null
  )
group by t.oid, t.relkind
