-- Sequences of protected tables tell how many rows all tenants have, and setval() breaks the others' inserts.
select
  'sequence ' || s.oid::regclass,
  format('It numbers the rows of all tenants, and %s may read or set it.', string_agg(distinct g.name, ', ')),
  format('revoke select, update on sequence %s from %s', s.oid::regclass, string_agg(distinct g.name, ', '))
from pg_class s
cross join aclexplode(s.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where s.relkind = 'S'
  and a.privilege_type in ('SELECT', 'UPDATE')
  and a.grantee <> s.relowner
  and exists (
    select from pg_depend d
    join tenanted t on t.relation = d.refobjid
    where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.refclassid = 'pg_class'::regclass
    union all
    select from pg_depend d
    join pg_attrdef f on f.oid = d.objid
    join tenanted t on t.relation = f.adrelid
    where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid
  )
group by s.oid
