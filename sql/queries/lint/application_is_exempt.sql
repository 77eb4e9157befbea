-- Logins that act for tenants, but are not bound or can become who is not.
select
  'role ' || a.role::regrole,
  format('It acts for tenants, and it %s.', e.why),
  case
    when r.rolsuper or r.rolbypassrls or r.rolreplication then format('alter role %s nosuperuser nobypassrls noreplication', a.role::regrole)
    when r.rolcreaterole then format('alter role %s nocreaterole', a.role::regrole)
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
