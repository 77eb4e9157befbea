-- $1 relation. The other tables that actions of foreign keys write when its rows are deleted or changed, and their parts.
with recursive below (relation) as (
  select $1
  union
  select w.relation
  from below
  cross join lateral (
    select k.conrelid
    from pg_constraint k
    where k.confrelid = below.relation
      and k.contype = 'f'
      and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
    union all
    select i.inhrelid from pg_inherits i where i.inhparent = below.relation
  ) w (relation)
)
select below.relation from below where below.relation <> $1 order by below.relation
