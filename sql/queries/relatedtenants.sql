-- $1 tenant. All tenants of its hierarchy.
with recursive above (id, parent_id, step) as (
  select t.id, t.parent_id, 0 from tenancy.tenants t where t.id = $1
  union
  select t.id, t.parent_id, above.step + 1 from above join tenancy.tenants t on t.id = above.parent_id where above.step < 1000
),
related (id) as (
  select above.id from above where above.parent_id is null
  union
  select t.id from related join tenancy.tenants t on t.parent_id = related.id
)
select t.id, t.number, t.status = 'active', t.kind
from related
join tenancy.tenants t on t.id = related.id
