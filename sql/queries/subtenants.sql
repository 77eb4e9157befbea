-- $1 tenant. It and all tenants below it, a row for each level: those below a whole level are asked for at once, by the
-- index, so that other tenants cost nothing, however many there are. UNION, not UNION ALL, ends even in a damaged hierarchy.
with recursive level (ids, numbers, active, parked) as (
  select array[t.id], array[t.number], array[t.status = 'active'], array[t.kind = 'none'] from tenancy.tenants t where t.id = $1
  union
  select c.*
  from level
  cross join lateral (
    select array_agg(t.id), array_agg(t.number), array_agg(t.status = 'active'), array_agg(t.kind = 'none')
    from tenancy.tenants t
    where t.parent_id = any (level.ids)
    having count(*) > 0
  ) c
)
select level.ids, level.numbers, level.active, level.parked from level
