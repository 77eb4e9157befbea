-- Who reads a shared secret can become anybody.
select
  'table ' || c.oid::regclass,
  format('It holds the secrets by which tokens are signed, and %s may read it: who does can become anybody.', string_agg(distinct g.name, ', ')),
  format('revoke all on %s from %s', c.oid::regclass, string_agg(distinct g.name, ', '))
from pg_class c
cross join aclexplode(c.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where c.oid = 'tenancy.token_secrets'::regclass
  and a.grantee <> c.relowner
group by c.oid
union all
select
  'role ' || r.oid::regrole,
  'It has BYPASSRLS and reads tenancy.token_secrets, which holds secrets by which tokens are signed: it can become anybody. Keys of other algorithms than HS256 have none.',
  null
from pg_roles r
where r.rolbypassrls
  and not r.rolsuper
  and has_table_privilege(r.oid, 'tenancy.token_secrets', 'select')
  and exists (select from tenancy.token_secrets)
