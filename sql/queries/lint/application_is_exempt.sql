-- Logins that act for tenants, but are not bound or can become who is not.
select
  'role ' || a.role::regrole,
  format('It acts for tenants, and it %s.', e.why),
  case
    when r.rolsuper or r.rolbypassrls or r.rolreplication then format('alter role %s nosuperuser nobypassrls noreplication', a.role::regrole)
    when starts_with(e.why, 'has CREATEROLE') then format('alter role %s nocreaterole', a.role::regrole)
    else (
      select string_agg(format('revoke execute on function %s from %s', p.oid::regprocedure, a.role::regrole), '; ' order by p.oid::regprocedure::text)
      from file_function f
      join pg_proc p on p.oid = f.function
      where exists (select from aclexplode(p.proacl) g where g.grantee = a.role)
    )
  end
from application a
join exempt e on e.role = a.role
join pg_roles r on r.oid = a.role
union all
select
  'role ' || a.role::regrole,
  format('It acts for tenants, and it can act as %s, which %s.', e.role::regrole, e.why),
  c.remedy
from application a
join reaches c on c.role = a.role
join exempt e on e.role = c.target
