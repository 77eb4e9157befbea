-- Code that PostgreSQL does not hold within SQL, outside extensions, for others than its owner.
select
  'function ' || p.oid::regprocedure,
  format('It is written in %I, which can do what the server can, and %s may call it.', l.lanname, string_agg(distinct g.name, ', ')),
  format('revoke execute on routine %s from %s', p.oid::regprocedure, string_agg(distinct g.name, ', '))
from pg_proc p
join pg_language l on l.oid = p.prolang and not l.lanpltrusted
cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where p.oid >= 16384
  and l.lanname <> 'internal'
  and a.grantee <> p.proowner
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
  )
group by p.oid, l.lanname
