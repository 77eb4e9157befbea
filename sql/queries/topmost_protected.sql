-- $1 relation. The protected table farthest above it, or it itself.
with recursive up (relation, step) as (
  select $1::oid, 0
  union all
  select i.inhparent, up.step + 1 from up join pg_inherits i on i.inhrelid = up.relation
)
select p.relation::oid
from up
join tenancy.protection p on p.relation = up.relation
order by up.step desc
limit 1
