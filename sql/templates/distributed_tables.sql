-- $1 tables. What Citus keeps on other nodes of them and of their parts, and of what they are shards; {partition} and {shard} are its
-- tables.
with recursive down (relation) as (
  select unnest($1)
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select p.logicalrelid::oid
from down
join {partition} p on p.logicalrelid = down.relation
union
select l.oid
from down
join pg_class c on c.oid = down.relation
join pg_class l on l.relnamespace = c.relnamespace
join {shard} s on s.logicalrelid = l.oid and right(c.relname, length(s.shardid::text) + 1) = '_' || s.shardid
order by 1
