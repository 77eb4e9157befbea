-- What the walk's SQL may name in braces, as name|value.
select 'tenant ' || split_part(name, ' ', 1), id::text from tenancy.tenants where kind in ('tenant', 'service_provider')
union all
select 'user ' || split_part(t.name, ' ', 1), u.id::text from tenancy.users u join tenancy.tenants t on t.id = u.tenant_id
union all
select 'contract ' || split_part(t.name, ' ', 1), c.id::text from itam.contracts c join tenancy.tenants t on t.id = c.tenant_id;
