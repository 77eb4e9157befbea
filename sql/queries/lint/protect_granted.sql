-- Logins that act for tenants, and may bring tables of theirs under tenancy: what is on such a table runs in the sessions of others.
select
  format('%s %s', case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure),
  format(
    '%s may call it, and so %s: tables under tenancy are what everybody''s deletions, archives and checks go over.',
    g.name,
    case a.grantee when 0 then 'everybody' else 'logins that act for tenants' end
  ),
  format('revoke execute on %s %s from %s', case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure, g.name)
from pg_proc p
cross join aclexplode(p.proacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where p.pronamespace = 'tenancy'::regnamespace
  and p.proname in ('protect', 'adopt', 'change_tenant_type')
  and a.grantee <> p.proowner
  and (a.grantee = 0 or exists (select from application t where pg_has_role(t.role, a.grantee, 'member')))
