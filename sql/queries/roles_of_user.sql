-- $1 user, $2 one of the user's roles or NULL for all. One row a role; none if the user may not enter.
select c.tenant_id, r.read_access, r.read_tenant_id, r.read_group_id, r.write_access, r.write_tenant_id, r.write_group_id,
  r.updates_public, r.administers, t.kind = 'service_provider',
  array(select rm.module_id from tenancy.role_modules rm where rm.role_id = r.id)
from tenancy.users u
join tenancy.contacts c on c.id = u.id
join tenancy.tenants t on t.id = c.tenant_id and t.status = 'active' and t.kind <> 'none'
join tenancy.user_roles ur on ur.user_id = u.id
join tenancy.roles r on r.id = ur.role_id
where u.id = $1
  and u.login_enabled
  and ($2 is null or r.name = $2)
