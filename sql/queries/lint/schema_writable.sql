-- Who may create where others look for names has them call his.
select
  'schema ' || n.oid::regnamespace,
  'Everybody may create objects in it, which others find by their search_path.',
  format('revoke create on schema %s from public', n.oid::regnamespace)
from pg_namespace n
cross join aclexplode(n.nspacl) a
where a.privilege_type = 'CREATE'
  and a.grantee = 0
union all
select
  'schema ' || n.oid::regnamespace,
  format('%s, which acts for tenants, may create objects in it, which others find by their search_path.', a.role::regrole),
  format('revoke create on schema %s from %s', n.oid::regnamespace, a.role::regrole)
from application a
join pg_roles r on r.oid = a.role and not r.rolsuper
join pg_namespace n on has_schema_privilege(a.role, n.oid, 'create')
where n.oid in (select c.relnamespace from pg_class c where c.oid in (select relation from tenanted))
  and not exists (select from aclexplode(n.nspacl) p where p.grantee = 0 and p.privilege_type = 'CREATE')
union all
-- a schema that is named like a role is the first that this role looks into
select
  'database ' || quote_ident(d.datname),
  format('%s may create schemas in it, also one that is named like another role, which that role finds by its search_path.',
    case g.role when 0 then 'Everybody' else g.role::regrole::text || ', which acts for tenants,' end),
  format('revoke create on database %I from %s', d.datname, case g.role when 0 then 'public' else g.role::regrole::text end)
from pg_database d
cross join (
  select 0::oid from pg_database d cross join aclexplode(d.datacl) p
  where d.datname = current_database() and p.grantee = 0 and p.privilege_type = 'CREATE'
  union
  select a.role
  from application a
  join pg_roles r on r.oid = a.role and not r.rolsuper
  where has_database_privilege(a.role, current_database(), 'create')
    and not has_database_privilege('public', current_database(), 'create')
) g (role)
where d.datname = current_database()
