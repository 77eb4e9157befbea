-- $1 relation. The foreign tables among its partitions and inheritance children.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select c.oid
from down
join pg_class c on c.oid = down.relation
where c.relkind = 'f'
order by c.oid
limit 1
