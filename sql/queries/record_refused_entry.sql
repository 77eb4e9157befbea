-- $1 when, $2 login role, $3 the user or tenant that was named, $4 message, $5 how many more were not recorded.
insert into tenancy.activity (happened_at, event, tenant_id, session_role, detail)
select $1, 'entry_refused',
  coalesce((select u.tenant_id from tenancy.users u where u.id = $3), (select t.id from tenancy.tenants t where t.id = $3)),
  coalesce((select r.rolname from pg_catalog.pg_roles r where r.oid = $2), 'nobody'),
  jsonb_strip_nulls(jsonb_build_object('message', $4, 'named', $3, 'more', nullif($5, 0)))
