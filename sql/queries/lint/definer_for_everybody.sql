-- Others that everybody may call.
select
  'function ' || d.function::regprocedure,
  format('It runs with the rights of its owner, %s, whom row security does not bind, and everybody may call it.', p.proowner::regrole),
  format('revoke execute on routine %s from public', d.function::regprocedure)
from definer d
join pg_proc p on p.oid = d.function
where d.reads is null
  and (d.function, 'pg_proc'::regclass) not in (select object, class from brought)
  and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
