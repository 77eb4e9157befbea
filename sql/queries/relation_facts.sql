-- $1 relation. What protect() must know before it begins.
select
  c.relkind::text,
  c.relpersistence::text,
  n.nspname::text,
  (select i.inhparent from pg_inherits i where i.inhrelid = c.oid limit 1),
  (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid limit 1),
  exists (
    with recursive down (relation) as (
      select c.oid
      union
      select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
    )
    select
    from down
    join pg_policy p on p.polrelid = down.relation
    where p.polpermissive
      -- ours, or not, of these names are looked at more closely
      and (p.polname not in ('tenancy_select', 'tenancy_insert', 'tenancy_update', 'tenancy_delete'))
  )
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.oid = $1
