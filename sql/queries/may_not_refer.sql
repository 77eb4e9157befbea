-- $1 role. Its name, if it may not refer to tenants.
select r.rolname::text
from pg_roles r
where r.oid = $1
  and not has_table_privilege(r.oid, 'tenancy.tenants', 'references')
