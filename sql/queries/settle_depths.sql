-- Gives the tenants of this statement whose depth is wrong, and all below them, the right one. There is no circle. Named by an
-- array, the tenants are found by their key: the planner expects so many that it would read all there are.
with recursive wrong (id, parent_id) as (
  select n.id, n.parent_id
  from new_rows n
  left join tenancy.tenants p on p.id = n.parent_id
  where n.depth <> coalesce(p.depth, 0) + 1
),
above (start, parent_id) as (
  select wrong.id, wrong.parent_id from wrong
  union all
  select above.start, t.parent_id from above join tenancy.tenants t on t.id = above.parent_id
),
below (id, depth) as (
  select above.start, count(*)::integer from above group by above.start
  union
  select t.id, below.depth + 1 from below join tenancy.tenants t on t.parent_id = below.id
)
update tenancy.tenants t
set depth = below.depth
from below
where t.id = any (array(select below.id from below))
  and t.id = below.id
  and t.depth <> below.depth
