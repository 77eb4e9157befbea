-- $1 tenant, $2 relation. The name of its system group.
select coalesce(x.name, t.name || '_' || $2)
from tenancy.tenants t
left join tenancy.system_group_texts x on x.tenant_id = t.id and x.relation = $2
where t.id = $1
