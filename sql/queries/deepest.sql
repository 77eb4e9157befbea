select max(t.depth)::bigint from tenancy.tenants t
