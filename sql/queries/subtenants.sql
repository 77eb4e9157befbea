-- $1 tenant. It and all tenants below it, a row for each level: those below a whole level are asked for at once, by the
-- index, so that other tenants cost nothing, however many there are. UNION, not UNION ALL, ends even in a damaged hierarchy.
with recursive level (ids, numbers, inactive, parked) as (
  select array[t.id], array[t.number], array_remove(array[t.id], case when t.status = 'active' then t.id end), t.kind = 'none'
  from tenancy.tenants t
  where t.id = $1
  union
  select c.*, false
  from level
  cross join lateral (
    select array_agg(t.id), array_agg(t.number), array_agg(t.id) filter (where t.status <> 'active')
    from tenancy.tenants t
    where t.parent_id = any (level.ids)
    having count(*) > 0
  ) c
)
select level.ids, level.numbers, level.inactive, level.parked from level
