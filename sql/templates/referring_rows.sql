-- Rows that refer to something, with their tenants and what they refer by. $1 are their tenants, if not all are wanted.
select {key}, {child_tenant}, {columns}
from {child} r
where {given}
  and {wanted}
order by 1
