select {key}
from {relation} r
where r.{column} is not null
  and not exists (select from tenancy.tenants t where t.{tenant_key} = r.{column})
