-- Other logins that can become the owner of protected tables.
select
  'role ' || c.role::regrole,
  format('It can act as %s, which owns %s and can take its protection off.', c.target::regrole, min(t.relation::regclass::text)),
  c.remedy
from reaches c
join tenanted t on t.owner = c.target
where c.role not in (select role from application)
  and c.role not in (select role from exempt)
  and c.target not in (select role from exempt)
group by c.role, c.target, c.remedy
