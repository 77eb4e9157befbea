-- $1 tenant, $2 relation. The group's own name, and what was given to it.
select t.name || '_' || $2, x.name, x.description
from tenancy.tenants t
left join tenancy.system_group_texts x on x.tenant_id = t.id and x.relation = $2
where t.id = $1
