-- $1 protected table. It or a part of it that has a permissive policy which is not ours.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select p.polrelid
from down
join pg_policy p on p.polrelid = down.relation
where p.polpermissive
  and p.polname not in ('tenancy_select', 'tenancy_insert', 'tenancy_update', 'tenancy_delete')
limit 1
