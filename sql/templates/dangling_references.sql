-- The rows that refer to rows which are not there.
select {key}
from {child} r
where {given}
  and not exists (select from {parent} p where {condition})
