select i.max_depth::bigint, i.max_tenants, exists (select from tenancy.tenants t where t.kind = 'service_provider')
from tenancy.installation i
