-- $1 the tenant to begin with, or NULL for all. Everything that a drawing needs; the session's rights are applied later.
with recursive below (id) as (
  select t.id from tenancy.tenants t where t.id = $1
  union
  select t.id from below join tenancy.tenants t on t.parent_id = below.id
)
select t.id, t.parent_id, t.name, t.status, t.kind
from tenancy.tenants t
where $1 is null or t.id in (select below.id from below)
order by t.name collate "C"
