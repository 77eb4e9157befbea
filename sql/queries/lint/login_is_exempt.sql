-- Other logins that are not bound, but for the one that the server was made with.
select 'role ' || r.oid::regrole, format('It can log in, and it %s.', e.why), null
from exempt e
join pg_roles r on r.oid = e.role
where r.rolcanlogin
  and r.oid <> 10
  and r.oid not in (select role from application)
