-- $1 tenant.
select t.name from tenancy.tenants t where t.id = $1
