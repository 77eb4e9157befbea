-- Tables that name tenants but are not protected: by a column of the name that protected tables use, by a foreign key, or by a default
-- that protect() gave, as a table has it that was restored without the rest.
, by_name (relation, attnum, why) as (
  select a.attrelid, a.attnum, format('Its column %I is named as tenant columns are', a.attname)
  from pg_attribute a
  where not a.attisdropped
    and a.attnum > 0
    and a.attname in (select 'tenant_id' union all select tenant_column from tenancy.protection)
),
by_key (relation, attnum, why) as (
  select a.attrelid, a.attnum, format('Its column %I refers to tenants', a.attname)
  from pg_constraint k
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
  where k.contype = 'f'
    and k.conparentid = 0
    and k.confrelid = 'tenancy.tenants'::regclass
),
by_default (relation, attnum, why) as (
  select d.adrelid, d.adnum, format('Its column %I has the default of tenancy', a.attname)
  from pg_attrdef d
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where exists (
    select from pg_proc f
    where f.pronamespace = 'tenancy'::regnamespace
      and f.proname in ('writable_tenant', 'writable_tenant_number')
      and d.adbin::text like '%{FUNCEXPR :funcid ' || f.oid || ' %'
  )
)
select distinct on (c.oid)
  'table ' || c.oid::regclass,
  f.why || case when part.kind = 'untenanted' then ', but it is protected as untenanted.' else ', but it is not protected.' end,
  case
    -- what protect() gave it says more
    when part.kind is null and c.oid in (select by_default.relation from by_default) then (
      with recursive up (relation, step) as (
        select c.oid, 0
        union all
        select i.inhparent, up.step + 1 from up join pg_inherits i on i.inhrelid = up.relation
      )
      select format('select tenancy.mend(%L)', up.relation::regclass) from up order by up.step desc limit 1
    )
    when part.kind is null and a.atttypid in ('uuid'::regtype, 'integer'::regtype, 'bigint'::regtype)
      then format('select tenancy.protect(%L, ''required'', %L)', c.oid::regclass, a.attname)
  end
from (select * from by_key union all select * from by_name union all select * from by_default) f
join pg_class c on c.oid = f.relation
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = f.attnum
left join part on part.relation = c.oid
where c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relpersistence <> 't'
  and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy')
  and (part.kind is null or part.kind = 'untenanted')
order by c.oid, f.why like '%refers%' desc
