-- $1 the domain of an address and the domains above it, the most specific one first. The tenant of the first of them that
-- is configured, if it is active; those above count only where they include subdomains.
select t.id
from (
  select d.tenant_id
  from unnest($1) with ordinality a (domain, nth)
  join tenancy.domains d on d.domain = a.domain and (a.nth = 1 or d.includes_subdomains)
  order by a.nth
  limit 1
) found
join tenancy.tenants t on t.id = found.tenant_id and t.status = 'active'
