-- The same, where logins that act for tenants may.
select
  'setting ' || s.setting,
  format('%s may %s, and so %s.', string_agg(distinct g.name, ', '), string_agg(distinct s.how, ' or '), s.why),
  format('revoke all on parameter %s from %s', s.setting, string_agg(distinct g.name, ', '))
from granted_setting s
cross join lateral (select case s.grantee when 0 then 'public' else s.grantee::regrole::text end) g (name)
where s.grantee = 0
  or exists (select from application a where pg_has_role(a.role, s.grantee, 'member'))
group by s.setting, s.why
