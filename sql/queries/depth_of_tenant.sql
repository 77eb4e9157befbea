-- $1 tenant.
select t.depth from tenancy.tenants t where t.id = $1
