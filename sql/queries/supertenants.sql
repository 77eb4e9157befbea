-- $1 tenant. It and all tenants above it, from the bottom up.
with recursive above (id, parent_id, step) as (
  select t.id, t.parent_id, 0 from tenancy.tenants t where t.id = $1
  union
  select t.id, t.parent_id, above.step + 1 from above join tenancy.tenants t on t.id = above.parent_id where above.step < 1000
)
select t.id, t.number, t.status = 'active', t.kind
from above
join tenancy.tenants t on t.id = above.id
order by above.step
