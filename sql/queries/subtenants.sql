-- $1 tenant. It and all tenants below it. UNION, not UNION ALL, ends even in a damaged hierarchy.
with recursive below (id) as (
  select t.id from tenancy.tenants t where t.id = $1
  union
  select t.id from below join tenancy.tenants t on t.parent_id = below.id
)
select t.id, t.number, t.status = 'active', t.kind
from below
join tenancy.tenants t on t.id = below.id
