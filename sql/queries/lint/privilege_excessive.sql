-- TRIGGER runs code in other tenants' sessions; REFERENCES asks by foreign key which keys there are.
select
  'table ' || t.relation::regclass,
  format('%s may attach triggers or foreign keys to it.', string_agg(distinct g.name, ', ')),
  format('revoke trigger, references on %s from %s', t.relation::regclass, string_agg(distinct g.name, ', '))
from tenanted t
join pg_class c on c.oid = t.relation
cross join aclexplode(c.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where a.privilege_type in ('TRIGGER', 'REFERENCES')
  and a.grantee <> t.owner
  and a.grantee not in (select role from unbound)
group by t.relation
