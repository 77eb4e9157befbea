-- $1 relation that is not protected. Do actions of foreign keys write it when rows of a protected table are deleted or changed?
with recursive up (relation) as (
  select $1
  union
  select w.relation
  from up
  cross join lateral (
    select i.inhparent from pg_inherits i where i.inhrelid = up.relation
    union all
    select k.confrelid
    from pg_constraint k
    where k.conrelid = up.relation
      and k.contype = 'f'
      and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
  ) w (relation)
)
select from up join tenancy.protection p on p.relation = up.relation limit 1
