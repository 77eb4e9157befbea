-- $1 tenant, $2 its system groups. The roles that name it or one of these.
select r.name
from tenancy.roles r
where $1 in (r.read_tenant_id, r.write_tenant_id)
  or r.read_group_id = any($2)
  or r.write_group_id = any($2)
order by r.name
