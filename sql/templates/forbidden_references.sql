-- Rows that refer to rows which their tenant may not refer to. {child_tenant} and {parent_tenant} are the tenants' ids;
-- {among} restricts the referring rows to some tenants.
with recursive above (id, above_id) as (
  select t.id, t.parent_id from tenancy.tenants t where t.parent_id is not null
  union
  select a.id, t.parent_id from above a join tenancy.tenants t on t.id = a.above_id where t.parent_id is not null
)
select {key}, ct.id, pt.id
from {child} r
join {parent} p on {condition}
join tenancy.tenants pt on pt.{parent_key} = p.{parent_column}
left join tenancy.tenants ct on {child_tenant}
where ct.id is distinct from pt.id
  and not exists (select from above a where a.id = ct.id and a.above_id = pt.id)
  {eligible}
  {among}
