-- Rows that refer to rows which are not there, under a foreign key that says it was validated.
select {key}
from {child} r
where {given}
  and not exists (select from {parent} p where {condition})
  and exists (
    select from pg_catalog.pg_constraint c
    where c.conrelid = {relation}::pg_catalog.oid
      and c.conname = {constraint}
      and c.convalidated
  )
