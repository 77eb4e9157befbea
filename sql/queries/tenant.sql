-- $1 tenant.
select t.id, t.number, t.status = 'active', t.kind
from tenancy.tenants t
where t.id = $1
