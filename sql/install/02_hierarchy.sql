-- Hierarchy and groups: src/hierarchy.rs

create function tenancy.supertenants(tenant uuid) returns setof uuid
  language c stable strict parallel safe rows 4
  as 'MODULE_PATHNAME', 'supertenants_wrapper';

comment on function tenancy.supertenants(uuid) is
  'the tenant and all tenants above it, from the bottom up; for ordinary roles those that the session may read';

create function tenancy.subtenants(tenant uuid) returns setof uuid
  language c stable strict parallel safe rows 100
  as 'MODULE_PATHNAME', 'subtenants_wrapper';

comment on function tenancy.subtenants(uuid) is
  'the tenant and all tenants below it; for ordinary roles those that the session may read';

create function tenancy.relatedtenants(tenant uuid) returns setof uuid
  language c stable strict parallel safe rows 100
  as 'MODULE_PATHNAME', 'relatedtenants_wrapper';

comment on function tenancy.relatedtenants(uuid) is
  'all tenants of the tenant''s hierarchy; for ordinary roles those that the session may read';

create function tenancy.is_supertenant(of uuid, maybe_above uuid) returns boolean
  language c stable strict parallel safe
  as 'MODULE_PATHNAME', 'is_supertenant_wrapper';

comment on function tenancy.is_supertenant(uuid, uuid) is
  'is the second tenant above the first, or the same? For ordinary roles only tenants that the session may read count';

create function tenancy.tenant_tree(root uuid default null) returns setof text
  language c stable parallel safe rows 100
  as 'MODULE_PATHNAME', 'tenant_tree_wrapper';

comment on function tenancy.tenant_tree(uuid) is
  'the hierarchy below a tenant, or of all tenants, drawn with one line a tenant; for ordinary roles what the session may read';

create function tenancy.group_tenants(group_id uuid) returns setof uuid
  language c stable strict parallel safe rows 100
  as 'MODULE_PATHNAME', 'group_tenants_wrapper';

comment on function tenancy.group_tenants(uuid) is
  'the tenants of a system group or a custom group; for ordinary roles those that the session may read';

create function tenancy.knows_tenant(tenant uuid) returns boolean
  language c stable strict leakproof parallel safe cost 1 support tenancy.knows_tenant_support
  as 'MODULE_PATHNAME', 'knows_tenant_wrapper';

comment on function tenancy.knows_tenant(uuid) is
  'may the session know of the tenant: because it reads its rows or administers, whatever the mode?';

create function tenancy.system_group_id(tenant uuid, relation text) returns uuid
  language c immutable strict leakproof parallel safe
  as 'MODULE_PATHNAME', 'system_group_id_wrapper';

comment on function tenancy.system_group_id(uuid, text) is
  'the id of a tenant''s system group; relation is subtenants, supertenants or relatedtenants';

revoke all on function
  tenancy.supertenants(uuid),
  tenancy.subtenants(uuid),
  tenancy.relatedtenants(uuid),
  tenancy.is_supertenant(uuid, uuid),
  tenancy.tenant_tree(uuid),
  tenancy.group_tenants(uuid),
  tenancy.system_group_id(uuid, text)
from public;

grant execute on function
  tenancy.supertenants(uuid),
  tenancy.subtenants(uuid),
  tenancy.relatedtenants(uuid),
  tenancy.is_supertenant(uuid, uuid),
  tenancy.tenant_tree(uuid),
  tenancy.group_tenants(uuid),
  tenancy.system_group_id(uuid, text)
to public;
