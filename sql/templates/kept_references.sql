-- How many rows that would stay refer to rows of a tenant. $1 the tenant as the table referred to names it, $2 as the
-- referring table does.
select count(*)
from {child} r
join {parent} p on {condition}
where {parent_tenant} = $1
  and ({all} or {child_tenant} is distinct from $2)
