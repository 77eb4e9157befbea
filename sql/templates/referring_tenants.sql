-- Which tenants' rows refer to which tenants' rows. $1 are the tenants of the referring rows, if not all are wanted.
select distinct {child_tenant}, {parent_tenant}
from {child} r
join {referred}
where {judged}
  and {wanted}
