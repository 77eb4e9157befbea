-- The tenants below the newly added ones; then these count as added by themselves.
with recursive added (group_id, tenant_id) as (
  select n.group_id, n.tenant_id from new_rows n where n.added_with is null
),
below (group_id, tenant_id, added_with) as (
  select added.group_id, added.tenant_id, added.tenant_id from added
  union
  select below.group_id, t.id, below.added_with from below join tenancy.tenants t on t.parent_id = below.tenant_id
),
marked as (
  update tenancy.tenant_group_members m
  set added_with = m.tenant_id
  from added
  where m.group_id = added.group_id and m.tenant_id = added.tenant_id
)
insert into tenancy.tenant_group_members (group_id, tenant_id, added_with)
select below.group_id, below.tenant_id, below.added_with
from below
where below.tenant_id <> below.added_with
on conflict (group_id, tenant_id) do nothing
