-- $1 relation. It, its inheritance children and those of its partitions that are at an end of foreign keys which are not the
-- partitioned table's. Locks none of them, because it is asked for at the end of DDL that holds one: a restore with several jobs does
-- that to many at a time.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select c.oid
from down
join pg_class c on c.oid = down.relation
where c.relkind in ('r', 'p')
  and (
    c.oid = $1
    or not c.relispartition
    or exists (select from pg_constraint k where c.oid in (k.conrelid, k.confrelid) and k.contype = 'f' and k.conparentid = 0)
  )
order by c.oid
