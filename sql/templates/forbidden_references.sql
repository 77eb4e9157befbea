-- The rows of tenants that refer to rows of tenants. $1 the former, $2 the latter, pair by pair.
select {key}
from {child} r
join {parent} p on {condition}
join unnest($1, $2) pair (child, parent) on pair.parent is not distinct from {parent_tenant} and pair.child is not distinct from {child_tenant}
order by 1
