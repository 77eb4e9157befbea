-- Logins that act for tenants, and see the texts of other roles' queries.
select
  'role ' || a.role::regrole,
  'It acts for tenants, and it sees the queries of all roles in pg_stat_activity.',
  c.remedy
from application a
join reaches c on c.role = a.role
where c.target = 'pg_read_all_stats'::regrole
