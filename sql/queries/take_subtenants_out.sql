-- Removes the tenants below the removed ones.
with recursive below (group_id, tenant_id) as (
  select o.group_id, o.tenant_id from old_rows o
  union
  select below.group_id, t.id from below join tenancy.tenants t on t.parent_id = below.tenant_id
)
delete from tenancy.tenant_group_members m
using below
where m.group_id = below.group_id
  and m.tenant_id = below.tenant_id
