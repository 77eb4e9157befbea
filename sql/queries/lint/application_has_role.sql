-- Logins that act for tenants, with roles of those who look after the server.
select
  'role ' || a.role::regrole,
  format('It acts for tenants, and %s.', string_agg(format('as a member of %s it %s', c.target::regrole, s.what), ', ' order by s.name)),
  c.remedy
from application a
join reaches c on c.role = a.role
join pg_roles r on r.oid = c.target
join server_role s on s.name = r.rolname
group by a.role, c.remedy
