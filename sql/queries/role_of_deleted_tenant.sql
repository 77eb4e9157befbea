-- A role that uses a system group of a tenant of this statement.
select o.name || '_' || x.relation, r.name
from old_rows o
cross join (values ('subtenants'), ('supertenants'), ('relatedtenants')) x (relation)
join tenancy.roles r on tenancy.system_group_id(o.id, x.relation) in (r.read_group_id, r.write_group_id)
limit 1
