-- $1 numbers.
select t.number, t.id from tenancy.tenants t where t.number = any ($1)
