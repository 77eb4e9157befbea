select t.id from tenancy.tenants t
