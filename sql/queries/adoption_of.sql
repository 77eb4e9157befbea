-- $1 relation. The table under adoption that it is or is a part of: its tenant column, and what a row's tenant is.
with recursive up (relation) as (
  select $1::oid
  union
  select i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
)
select a.relation::oid, a.tenant_column::text, a.value
from up
join tenancy.adoptions a on a.relation = up.relation
limit 1
