-- $1 group.
select t.id, t.number, t.status = 'active', t.kind
from tenancy.tenant_group_members m
join tenancy.tenants t on t.id = m.tenant_id
where m.group_id = $1
