-- A tenant of this statement below one that allows no subtenants.
select p.name, n.name
from new_rows n
join tenancy.tenants p on p.id = n.parent_id
where not p.allows_subtenants
limit 1
