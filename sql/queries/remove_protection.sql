-- $1 relation. What administrators set stays, so that it holds again when the table is protected again: quotas, modules, and what
-- set_reference_rule() changed.
with settings as (
  delete from tenancy.reference_settings s
  where s.relation = $1
    and not s.service_provider_eligible
    and s.on_tenant_change = 'restrict'
    and not s.names_tenant
)
delete from tenancy.protection where relation = $1
