-- $1 relation. Where it, or a part of it, is protected with a tenant and is also a part of a table that is not protected by the same
-- tenant column: the two. A query that names the latter shows the rows of all tenants.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
edge (part, above) as (
  select i.inhrelid, i.inhparent from down join pg_inherits i on i.inhrelid = down.relation
),
up (relation, above) as (
  select e.relation, e.relation from (select part from edge union select above from edge) e (relation)
  union
  select up.relation, i.inhparent from up join pg_inherits i on i.inhrelid = up.above
),
covered (relation, tenant_column) as (
  select up.relation, p.tenant_column from up join tenancy.protection p on p.relation = up.above where p.kind <> 'untenanted'
)
select edge.part, edge.above
from edge
join covered on covered.relation = edge.part
where not exists (
  select from covered as alike where alike.relation = edge.above and alike.tenant_column = covered.tenant_column
)
order by 1, 2
limit 1
