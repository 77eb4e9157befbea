-- Triggers that see and write the rows of all tenants.
select
  'trigger ' || quote_ident(g.tgname) || ' on ' || t.relation::regclass,
  format('It runs %s with the rights of %s, whom row security does not bind.', p.oid::regprocedure, p.proowner::regrole),
  format('alter function %s security invoker', p.oid::regprocedure)
from tenanted t
join pg_trigger g on g.tgrelid = t.relation and not g.tgisinternal and g.tgparentid = 0
join pg_proc p on p.oid = g.tgfoid and p.prosecdef
where p.proowner in (select role from unbound)
