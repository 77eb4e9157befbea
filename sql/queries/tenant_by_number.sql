-- $1 number.
select t.id from tenancy.tenants t where t.number = $1
