-- A trigger's function runs with the rights of whoever writes: its owner gets at all tenants' sessions. So it does on a table that is not
-- protected, but written by actions of foreign keys when rows of a protected one are deleted or changed, and there as that table's owner.
select
  'trigger ' || quote_ident(g.tgname) || ' on ' || c.oid::regclass,
  format('It runs a function of %s, who owns neither the table nor everything, with the rights of whoever writes.', p.proowner::regrole),
  format('drop trigger %I on %s', g.tgname, c.oid::regclass)
from written_with w
join pg_class c on c.oid = w.relation
join pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal and g.tgparentid = 0
join pg_proc p on p.oid = g.tgfoid
where p.proowner <> c.relowner
  and p.proowner not in (select role from unbound)
