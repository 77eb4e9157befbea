-- Tables that name tenants but are not protected: by a column of the name that protected tables use, by a foreign key, or by a default
-- that protect() gave, as a table has it that was restored without the rest.
select distinct on (c.oid)
  'table ' || c.oid::regclass,
  format(
    'Its column %I %s, but it is %s',
    a.attname,
    case f.why
      when 'key' then 'refers to tenants'
      when 'default' then 'has the default of tenancy'
      else 'is named as tenant columns are'
    end,
    case
      when part.kind = 'untenanted' then 'protected as untenanted.'
      when a.attnotnull or f.defaulted then 'not protected.'
      else 'not protected. If rows without a tenant are everybody''s, protect it as optional.'
    end
  ),
  case
    -- what protect() gave it says more
    when part.kind is null and f.defaulted then (
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
from (
  select n.relation, n.attnum, n.why, bool_or(n.why = 'default') over (partition by n.relation) from naming n
) f (relation, attnum, why, defaulted)
join pg_class c on c.oid = f.relation
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = f.attnum
left join part on part.relation = c.oid
where c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relpersistence <> 't'
  and (f.defaulted or c.oid in (select relation from usable))
  and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy')
  and (part.kind is null or part.kind = 'untenanted')
order by c.oid, f.why = 'key' desc, f.why = 'name' desc
