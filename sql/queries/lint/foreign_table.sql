-- Foreign tables that others than their owner may use: they have no row security.
select
  'foreign table ' || c.oid::regclass,
  format('It has no row security, and %s may use it.', string_agg(distinct g.name, ', ')),
  format('revoke all on %s from %s', c.oid::regclass, string_agg(distinct g.name, ', '))
from pg_class c
cross join aclexplode(c.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where c.relkind = 'f'
  and a.grantee <> c.relowner
  and c.oid not in (select relation from part)
group by c.oid
