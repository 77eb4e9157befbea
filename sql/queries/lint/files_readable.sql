-- Everybody reaches the server's files. Whom of the roles they were granted to, is with the roles: application_is_exempt and others.
select
  'function ' || p.oid::regprocedure,
  'Everybody may call it, and so reach the server''s files, where the rows of all tenants are.',
  format('revoke execute on function %s from public', p.oid::regprocedure)
from file_function f
join pg_proc p on p.oid = f.function
cross join aclexplode(p.proacl) a
where a.grantee = 0
