-- Ordering public work before any tenant's. Without a SET clause, so that indexes on the expression serve queries with it.

create function tenancy.global_first(tenant_id uuid) returns boolean
  language sql immutable parallel safe
  return tenant_id is not null;

comment on function tenancy.global_first(uuid) is 'to order by: rows of no tenant come before those of tenants';

create function tenancy.global_first(tenant_number bigint) returns boolean
  language sql immutable parallel safe
  return tenant_number is not null;

comment on function tenancy.global_first(bigint) is 'to order by: rows of no tenant come before those of tenants';

revoke all on function tenancy.global_first(uuid), tenancy.global_first(bigint) from public;
grant execute on function tenancy.global_first(uuid), tenancy.global_first(bigint) to public;
