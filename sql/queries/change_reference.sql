-- $1 relation, $2 constraint, $3 service provider eligible, $4 on tenant change, $5 names the tenant.
update tenancy.reference_settings
set service_provider_eligible = $3, on_tenant_change = $4, names_tenant = $5
where relation = $1
  and constraint_name = $2::name
