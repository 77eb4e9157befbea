select count(*) from tenancy.tenants t where t.kind not in ('default', 'none')
