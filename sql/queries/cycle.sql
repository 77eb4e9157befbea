-- A tenant above itself. In every circle at least one depth is wrong, that of a tenant of this statement.
with recursive above (start, id, parent_id) as (
  select n.id, n.id, n.parent_id
  from new_rows n
  left join tenancy.tenants p on p.id = n.parent_id
  where n.depth <> coalesce(p.depth, 0) + 1
  union all
  select above.start, t.id, t.parent_id
  from above
  join tenancy.tenants t on t.id = above.parent_id
) cycle id set looped using path
select t.name
from above
join tenancy.tenants t on t.id = above.start
where above.looped
limit 1
