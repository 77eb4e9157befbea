-- They hold the rows that who refreshed them saw, and have no row security.
select
  'materialized view ' || v.oid::regclass,
  format('It holds rows of %s, has no row security, and %s may use it.', min(t.relation::regclass::text), string_agg(distinct g.name, ', ')),
  format('revoke all on %s from %s', v.oid::regclass, string_agg(distinct g.name, ', '))
from comes_from f
join tenanted t on t.relation = f.relation
join pg_class v on v.oid = f.view and v.relkind = 'm'
cross join aclexplode(v.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where a.grantee <> v.relowner
group by v.oid
