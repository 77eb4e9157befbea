-- Who may create where others look for names has them call his.
select
  'schema ' || n.oid::regnamespace,
  'Everybody may create objects in it, which others find by their search_path.',
  format('revoke create on schema %s from public', n.oid::regnamespace)
from pg_namespace n
cross join aclexplode(n.nspacl) a
where a.privilege_type = 'CREATE'
  and a.grantee = 0
