-- $1 name.
select from tenancy.tenants t where t.name = $1
