-- A trigger's function runs with the rights of whoever writes: its owner gets at all tenants' sessions. So it does on a table that is not
-- protected, but written by actions of foreign keys when rows of a protected one are deleted or changed, and there as that table's owner.
, written (relation) as (
  select relation from part
  union
  select x.relation
  from written w
  cross join lateral (
    select k.conrelid
    from pg_constraint k
    where k.confrelid = w.relation
      and k.contype = 'f'
      and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
    union all
    select i.inhrelid from pg_inherits i where i.inhparent = w.relation
  ) x (relation)
)
select
  'trigger ' || quote_ident(g.tgname) || ' on ' || c.oid::regclass,
  format('It runs a function of %s, who owns neither the table nor everything, with the rights of whoever writes.', p.proowner::regrole),
  format('drop trigger %I on %s', g.tgname, c.oid::regclass)
from written w
join pg_class c on c.oid = w.relation
join pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal and g.tgparentid = 0
join pg_proc p on p.oid = g.tgfoid
where p.proowner <> c.relowner
  and p.proowner not in (select role from unbound)
