-- pg_stats hides the statistics of tables with row security; the catalogs behind it hold values of all tenants.
select
  'table ' || c.oid::regclass,
  format('It holds values of rows of all tenants, and %s may read it.', string_agg(distinct g.name, ', ')),
  format('revoke select on %s from %s', c.oid::regclass, string_agg(distinct g.name, ', '))
from pg_class c
cross join aclexplode(c.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where c.oid in ('pg_statistic'::regclass, 'pg_statistic_ext_data'::regclass)
  and a.grantee <> c.relowner
  and a.privilege_type = 'SELECT'
group by c.oid
