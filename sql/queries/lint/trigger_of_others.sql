-- A trigger's function runs with the rights of whoever writes: its owner gets at all tenants' sessions.
select
  'trigger ' || quote_ident(g.tgname) || ' on ' || t.relation::regclass,
  format('It runs a function of %s, who owns neither the table nor everything, with the rights of whoever writes.', p.proowner::regrole),
  format('drop trigger %I on %s', g.tgname, t.relation::regclass)
from tenanted t
join pg_trigger g on g.tgrelid = t.relation and not g.tgisinternal and g.tgparentid = 0
join pg_proc p on p.oid = g.tgfoid
where p.proowner <> t.owner
  and p.proowner not in (select role from unbound)
