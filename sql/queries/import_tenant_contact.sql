-- $1 tenant, $2 contact as the archive names it: taken over where it is here and the tenant has none yet.
update tenancy.tenants t
set contact_id = c.id
from tenancy.contacts c
where t.id = $1
  and c.id::text = $2
  and t.contact_id is null
