-- $1 tenant. It and all tenants above it, from the bottom up. OFFSET 0 keeps the planner from reading all tenants.
with recursive above (id, number, status, kind, parent_id, step) as (
  select t.id, t.number, t.status, t.kind, t.parent_id, 0 from tenancy.tenants t where t.id = $1
  union
  select p.*, above.step + 1
  from above
  cross join lateral (
    select t.id, t.number, t.status, t.kind, t.parent_id from tenancy.tenants t where t.id = above.parent_id offset 0
  ) p
  where above.step < 1000
)
select above.id, above.number, above.status = 'active', above.kind
from above
order by above.step
