-- $1 relation. The other tables that actions of foreign keys write when its rows are deleted or changed, and their parts.
with recursive action (above, below) as (
  select k.confrelid, k.conrelid
  from pg_constraint k
  where k.contype = 'f'
    and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
  union all
  select i.inhparent, i.inhrelid from pg_inherits i
),
written (relation) as (
  select $1
  union
  select action.below from written join action on action.above = written.relation
)
select w.relation from written w where w.relation <> $1 order by w.relation
