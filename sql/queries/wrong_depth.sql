-- Is there a tenant of this statement whose depth is not one more than its parent's? One row or none.
select 1
from new_rows n
left join tenancy.tenants p on p.id = n.parent_id
where n.depth <> coalesce(p.depth, 0) + 1
limit 1
