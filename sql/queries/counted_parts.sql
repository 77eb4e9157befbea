-- $1 protected table. Parts of it that have quotas, or were counted, as tables in their own right.
with recursive down (relation) as (
  select i.inhrelid from pg_inherits i where i.inhparent = $1
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select down.relation
from down
where exists (select from tenancy.quotas q where q.relation = down.relation)
  or exists (select from tenancy.counted_rows c where c.relation = down.relation)
