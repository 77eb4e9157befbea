-- Keys whose tokens take any role, also administrator.
select
  'token key ' || k.id,
  'Its tokens may name any tenant with any role, also an administrator.',
  format('update tenancy.token_keys set names_tenants = false where id = %L', k.id)
from tenancy.token_keys k
where k.names_tenants
  and k.enabled
