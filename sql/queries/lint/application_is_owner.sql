-- Logins that act for tenants, and own protected tables or can become who does: owners can take protection off.
select
  'role ' || a.role::regrole,
  format('It acts for tenants, and it owns %s, whose protection it can take off.', min(t.relation::regclass::text)),
  null
from application a
join tenanted t on t.owner = a.role
group by a.role
union all
select
  'role ' || a.role::regrole,
  format('It acts for tenants, and it can act as %s, which owns %s and can take its protection off.', c.target::regrole,
    min(t.relation::regclass::text)),
  c.remedy
from application a
join reaches c on c.role = a.role
join tenanted t on t.owner = c.target
where c.target not in (select role from exempt)
group by a.role, c.target, c.remedy
