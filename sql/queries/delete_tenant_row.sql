-- $1 tenant.
delete from tenancy.tenants t where t.id = $1
