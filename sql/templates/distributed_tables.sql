-- $1 tables. Those of them, and of their parts, that Citus keeps on other nodes or that are shards; {partition} and {shard} are its tables.
with recursive down (relation) as (
  select unnest($1)
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select c.oid
from down
join pg_class c on c.oid = down.relation
where c.oid in (select p.logicalrelid from {partition} p)
  or exists (
    select from {shard} s join pg_class l on l.oid = s.logicalrelid
    where l.relnamespace = c.relnamespace and right(c.relname, length(s.shardid::text) + 1) = '_' || s.shardid
  )
order by c.oid
