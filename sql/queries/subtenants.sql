-- $1 tenant. It and all tenants below it. UNION, not UNION ALL, ends even in a damaged hierarchy. OFFSET 0 keeps the planner
-- from reading all tenants, which it would for the few levels that it expects.
with recursive below (id, number, status, kind) as (
  select t.id, t.number, t.status, t.kind from tenancy.tenants t where t.id = $1
  union
  select c.*
  from below
  cross join lateral (
    select t.id, t.number, t.status, t.kind from tenancy.tenants t where t.parent_id = below.id offset 0
  ) c
)
select below.id, below.number, below.status = 'active', below.kind from below
