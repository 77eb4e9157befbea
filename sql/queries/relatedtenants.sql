-- $1 tenant. All tenants of its hierarchy. OFFSET 0: see subtenants.sql.
with recursive above (id, parent_id, step) as (
  select t.id, t.parent_id, 0 from tenancy.tenants t where t.id = $1
  union
  select t.id, t.parent_id, above.step + 1 from above join tenancy.tenants t on t.id = above.parent_id where above.step < 1000
),
related (id, number, status, kind) as (
  select t.id, t.number, t.status, t.kind
  from above
  join tenancy.tenants t on t.id = above.id
  where above.parent_id is null
  union
  select c.*
  from related
  cross join lateral (
    select t.id, t.number, t.status, t.kind from tenancy.tenants t where t.parent_id = related.id offset 0
  ) c
)
select related.id, related.number, related.status = 'active', related.kind from related
