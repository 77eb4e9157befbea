-- Everybody may say on whose behalf he acts.
select
  'function ' || p.oid::regprocedure,
  'Everybody may call it, and so act for whomever he likes.',
  format('revoke execute on function %s from public', p.oid::regprocedure)
from pg_proc p
cross join aclexplode(p.proacl) a
where p.pronamespace = 'tenancy'::regnamespace
  and p.proname in ('enter', 'enter_tenant')
  and a.grantee = 0
