-- Other logins that can become who is not bound.
select
  'role ' || c.role::regrole,
  format('It can act as %s, which %s.', e.role::regrole, e.why),
  c.remedy
from reaches c
join exempt e on e.role = c.target
where c.role not in (select role from application)
  and c.role not in (select role from exempt)
