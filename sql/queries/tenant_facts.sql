-- $1 tenant.
select t.name, t.kind, t.status = 'active', t.number
from tenancy.tenants t
where t.id = $1
