-- The life of a tenant: src/lifecycle/

create function tenancy.delete_tenant(tenant uuid, only_tables regclass[] default null, dry_run boolean default false)
  returns table (relation regclass, rows bigint)
  language c volatile parallel unsafe rows 20
  as 'MODULE_PATHNAME', 'delete_tenant_wrapper';

comment on function tenancy.delete_tenant(uuid, regclass[], boolean) is
  'remove an inactive tenant with all its rows, or its rows from some tables; says what went, or with dry_run what would go; for administrators';

revoke all on function tenancy.delete_tenant(uuid, regclass[], boolean) from public;

-- They look at their caller themselves.
grant execute on function tenancy.delete_tenant(uuid, regclass[], boolean) to public;
