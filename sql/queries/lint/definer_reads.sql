-- SECURITY DEFINER functions of owners who are not bound, with bodies that PostgreSQL has parsed.
select
  'function ' || d.function::regprocedure,
  format('It reads %s with the rights of its owner, %s, whom row security does not bind.', d.reads, p.proowner::regrole),
  format('alter routine %s security invoker', d.function::regprocedure)
from definer d
join pg_proc p on p.oid = d.function
where d.reads is not null
