-- A role that uses a custom group of this statement.
select o.name, r.name
from old_rows o
join tenancy.roles r on o.id in (r.read_group_id, r.write_group_id)
limit 1
