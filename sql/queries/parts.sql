-- $1 relation. It and all its partitions and inheritance children; whether each is a partition, and which triggers of ours it
-- has by now. Opens none of them: during a restore somebody else may be at work on each.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select
  c.oid,
  c.relispartition,
  exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '00_tenancy_truncate' and t.tgfoid = to_regprocedure('tenancy.check_truncate()')),
  exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '00_tenancy_row' and t.tgfoid = to_regprocedure('tenancy.check_row()'))
from down
join pg_class c on c.oid = down.relation
where c.relkind in ('r', 'p')
order by c.oid
