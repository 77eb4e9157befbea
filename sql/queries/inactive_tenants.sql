select t.id, t.number, false, t.kind
from tenancy.tenants t
where t.status = 'inactive'
