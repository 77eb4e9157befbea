-- All protected tables with their inheritance children; partitions are looked at through the table above them, but for
-- those with foreign keys of their own.
with recursive down (relation) as (
  select p.relation::oid from tenancy.protection p
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select c.oid
from down
join pg_class c on c.oid = down.relation
where not c.relispartition
  or exists (select from tenancy.protection p where p.relation = c.oid)
  or exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0)
order by c.oid::regclass::text
