-- $1 name, $2 the id of the group that may have it. Another group of that name: stored, renamed or a tenant's own.
select 1
from tenancy.custom_groups c
where c.name = $1 and c.id is distinct from $2
union all
select 1
from tenancy.system_group_texts x
where x.name = $1 and tenancy.system_group_id(x.tenant_id, x.relation) is distinct from $2
union all
select 1
from (values ('subtenants'), ('supertenants'), ('relatedtenants')) r (relation)
join tenancy.tenants t on t.name || '_' || r.relation = $1 and t.name = left($1, -(length(r.relation) + 1))
where tenancy.system_group_id(t.id, r.relation) is distinct from $2
limit 1
