-- Sequences that defaults of protected tables call: whoever inserts has to have USAGE, and reads the last value in pg_sequences.
select
  'sequence ' || s.oid::regclass,
  format(
    'It gives %s its numbers by a default, so that %s, who insert, read in pg_sequences how many all tenants have drawn. An identity column needs no privilege on its sequence.',
    string_agg(distinct t.relation::regclass::text, ', '),
    string_agg(distinct g.name, ', ')
  ),
  null
from pg_class s
cross join aclexplode(s.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid
join pg_attrdef f on f.oid = d.objid
join tenanted t on t.relation = f.adrelid
where s.relkind = 'S'
  and a.privilege_type = 'USAGE'
  and a.grantee <> s.relowner
  and a.grantee not in (select role from unbound)
group by s.oid
