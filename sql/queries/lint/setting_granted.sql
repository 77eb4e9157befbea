-- Settings that switch guards off or bring code in, and that somebody may set who is no superuser and does not act for tenants.
select
  'setting ' || s.setting,
  format('%s may %s, and so %s.', string_agg(distinct s.grantee::regrole::text, ', '), string_agg(distinct s.how, ' or '), s.why),
  format('revoke all on parameter %s from %s', s.setting, string_agg(distinct s.grantee::regrole::text, ', '))
from granted_setting s
where s.grantee <> 0
  and not exists (select from application a where pg_has_role(a.role, s.grantee, 'member'))
group by s.setting, s.why
