-- Owners of protected tables, who can take protection off, that can log in.
select
  'role ' || t.owner::regrole,
  format('It can log in, and it owns %s, whose protection it can take off.', min(t.relation::regclass::text)),
  format('alter role %s nologin', t.owner::regrole)
from tenanted t
join pg_roles r on r.oid = t.owner
where r.rolcanlogin
  and t.owner not in (select role from unbound)
  and t.owner not in (select role from application)
group by t.owner
