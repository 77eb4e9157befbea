-- Large objects have privileges, but no row security: all tenants of a login have what the login has.
select
  'large objects of ' || m.lomowner::regrole,
  format('Large objects have no tenant: %s may read %s of them, for whatever tenant it acts.', string_agg(distinct g.name, ', '), count(distinct m.oid)),
  null
from pg_largeobject_metadata m
cross join aclexplode(coalesce(m.lomacl, acldefault('L', m.lomowner))) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where a.grantee = 0
  or a.grantee in (select role from application)
group by m.lomowner
