-- $1 tenant, $2 role. One row, or none if the tenant may not be entered.
select t.id, r.read_access, r.read_tenant_id, r.read_group_id, r.write_access, r.write_tenant_id, r.write_group_id,
  r.updates_public, r.administers, t.kind = 'service_provider',
  array(select rm.module_id from tenancy.role_modules rm where rm.role_id = r.id)
from tenancy.tenants t
join tenancy.roles r on r.name = $2
where t.id = $1
  and t.status = 'active'
  and t.kind <> 'none'
