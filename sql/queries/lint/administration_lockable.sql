-- LOCK TABLE asks for UPDATE or DELETE, which everybody has on what administrators write with plain SQL, and for nothing else.
select
  'schema tenancy',
  format('Every login may lock %s of its tables, because everybody may try to write them, and so make all sessions wait.', count(*)),
  null
from pg_class c
where c.relnamespace = 'tenancy'::regnamespace
  and c.relkind in ('r', 'p')
  and exists (
    select from aclexplode(c.relacl) a where a.grantee = 0 and a.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE', 'MAINTAIN')
  )
having count(*) > 0
