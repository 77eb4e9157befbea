-- New tables are open before they are protected.
select
  concat_ws(' ', 'default privileges of', d.defaclrole::regrole::text, 'in schema ' || nullif(d.defaclnamespace, 0)::regnamespace),
  format('%s that it makes are open to %s at once, before they can be protected.',
    case d.defaclobjtype when 'r' then 'Tables' else 'Functions' end, string_agg(distinct g.name, ', ')),
  concat_ws(
    ' ',
    format('alter default privileges for role %s', d.defaclrole::regrole),
    'in schema ' || nullif(d.defaclnamespace, 0)::regnamespace,
    format('revoke all on %s from %s', case d.defaclobjtype when 'r' then 'tables' else 'functions' end, string_agg(distinct g.name, ', '))
  )
from pg_default_acl d
cross join aclexplode(d.defaclacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where a.grantee <> d.defaclrole
  -- what PostgreSQL gives by itself is repeated where the schema is not named
  and (d.defaclobjtype = 'r' or d.defaclobjtype = 'f' and d.defaclnamespace <> 0)
group by d.oid, d.defaclrole, d.defaclnamespace, d.defaclobjtype
