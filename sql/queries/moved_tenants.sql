-- The tenants whose parent this statement changed.
select n.id
from new_rows n
join old_rows o on o.id = n.id
where n.parent_id is distinct from o.parent_id
