-- enter_tenant() takes any role, also administrator.
select
  'role ' || a.grantee::regrole,
  'It may call tenancy.enter_tenant(), and so act at any tenant with any role, also as an administrator.',
  format('revoke execute on function %s from %s', p.oid::regprocedure, a.grantee::regrole)
from pg_proc p
cross join aclexplode(p.proacl) a
where p.pronamespace = 'tenancy'::regnamespace
  and p.proname = 'enter_tenant'
  and a.grantee not in (0, p.proowner)
