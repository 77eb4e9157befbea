-- $1 relation. The other tables to which it or a part of it refers.
with recursive part (relation) as (
  select $1::oid
  union
  select i.inhrelid from part join pg_inherits i on i.inhparent = part.relation
)
select distinct k.confrelid
from pg_constraint k
where k.contype = 'f'
  and k.conparentid = 0
  and k.conrelid in (select relation from part)
  and k.confrelid not in (select relation from part)
order by k.confrelid
