select t.id from tenancy.tenants t where t.kind = 'service_provider'
