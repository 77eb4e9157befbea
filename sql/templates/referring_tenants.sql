-- Which tenants' rows refer to which tenants' rows. $1 restricts the referring rows to some tenants, unless $2.
select distinct {child_tenant}, {parent_tenant}
from {child} r
join {parent} p on {condition}
where {judged}
  and ($2 or {child_tenant} = any($1))
