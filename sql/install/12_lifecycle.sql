-- The life of a tenant: src/lifecycle/

create function tenancy.delete_tenant(tenant uuid, only_tables regclass[] default null, dry_run boolean default false)
  returns table (relation regclass, rows bigint)
  language c volatile parallel unsafe rows 20
  as 'MODULE_PATHNAME', 'delete_tenant_wrapper';

comment on function tenancy.delete_tenant(uuid, regclass[], boolean) is
  'remove an inactive tenant with all its rows, or its rows from some tables; says what went, or with dry_run what would go; for administrators';

create function tenancy.export_tenant(tenant uuid, with_subtenants boolean default false) returns setof text
  language c volatile parallel unsafe rows 100000
  as 'MODULE_PATHNAME', 'export_tenant_wrapper';

comment on function tenancy.export_tenant(uuid, boolean) is
  'a tenant, or a tenant and those below it, as lines of JSON: what import_tenant() reads';

revoke all on function
  tenancy.delete_tenant(uuid, regclass[], boolean),
  tenancy.export_tenant(uuid, boolean)
from public;

-- They look at their caller themselves.
grant execute on function
  tenancy.delete_tenant(uuid, regclass[], boolean),
  tenancy.export_tenant(uuid, boolean)
to public;
