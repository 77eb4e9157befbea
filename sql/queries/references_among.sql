-- $1 tables. Which of them refers to which, be it by a part (a partition, an inheritance child) or to a part: pairs of
-- positions in $1, counted from 1.
with recursive down (place, relation) as (
  select t.place, t.relation from unnest($1) with ordinality t (relation, place)
  union
  select down.place, i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select distinct child.place, parent.place
from pg_constraint c
join down child on child.relation = c.conrelid
join down parent on parent.relation = c.confrelid
where c.contype = 'f'
order by 1, 2
