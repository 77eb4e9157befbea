-- The foreign key says that it was validated.
exists (
  select from pg_catalog.pg_constraint c
  where c.conrelid = {relation}::pg_catalog.oid
    and c.conname = {constraint}
    and c.convalidated
)
