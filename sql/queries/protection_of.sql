-- $1 relation. The protected table that it is or is a part of: partitions and inheritance children go with the top.
with recursive up (relation, step) as (
  select $1::oid, 0
  union all
  select i.inhparent, up.step + 1 from up join pg_inherits i on i.inhrelid = up.relation
)
select p.relation::oid, p.kind, p.tenant_column::text, p.tenant_key
from up
join tenancy.protection p on p.relation = up.relation
order by up.step
limit 1
