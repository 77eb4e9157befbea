-- Rows that refer to something, with their tenants and what they refer by. $1 restricts them to some tenants, unless $2.
select {key}, {child_tenant}, {columns}
from {child} r
where {given}
  and ($2 or {child_tenant} = any($1))
order by 1
