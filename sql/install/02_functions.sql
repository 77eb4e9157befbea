-- The functions that applications and administrators call. The code is in src/, a file a capability.
-- Nobody may call anything until it is granted; what everybody may call is granted at the end of each part.

-- Context: src/context.rs

create function tenancy.enter(user_id uuid, role text default null, for_session boolean default false) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'enter_wrapper';

comment on function tenancy.enter(uuid, text, boolean) is
  'act for a user, with the union of the user''s roles or the role named, until the end of the transaction or session; grant it to the application''s login role only';

create function tenancy.enter_tenant(tenant_id uuid, role text default 'member', for_session boolean default false) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'enter_tenant_wrapper';

comment on function tenancy.enter_tenant(uuid, text, boolean) is
  'act for nobody in particular at a tenant, with a role, until the end of the transaction or session; grant it to the application''s login role only';

create function tenancy.leave() returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'leave_wrapper';

comment on function tenancy.leave() is
  'act for nobody until the end of the transaction, and after it as if nobody had entered';

create function tenancy.current_tenant() returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'current_tenant_wrapper';

comment on function tenancy.current_tenant() is 'the home tenant of whoever acts; NULL for nobody';

create function tenancy.current_user_id() returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'current_user_id_wrapper';

comment on function tenancy.current_user_id() is 'the user who acts; NULL where none entered';

create function tenancy.administers() returns boolean
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'administers_wrapper';

comment on function tenancy.administers() is
  'may the session change tenants, groups, roles and users: as a superuser, or as a service provider''s user whose role administers';

revoke all on function
  tenancy.enter(uuid, text, boolean),
  tenancy.enter_tenant(uuid, text, boolean),
  tenancy.leave(),
  tenancy.current_tenant()
from public;

grant execute on function
  tenancy.leave(),
  tenancy.current_tenant()
to public;

-- What the planner puts in the place of can_read() and can_write(): src/planner.rs

create function tenancy.can_read_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'can_read_support_wrapper';

comment on function tenancy.can_read_support(internal) is 'tells the planner what can_read() means for the context in force';

create function tenancy.can_write_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'can_write_support_wrapper';

comment on function tenancy.can_write_support(internal) is 'tells the planner what can_write() means for the context in force';

create function tenancy.check_write_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'check_write_support_wrapper';

comment on function tenancy.check_write_support(internal) is
  'makes the planner name the table in calls of check_write(), for sessions with roles that are limited to modules';

create function tenancy.writable_tenant_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'writable_tenant_support_wrapper';

comment on function tenancy.writable_tenant_support(internal) is
  'makes the planner name the table in calls of writable_tenant(), for sessions with roles that are limited to modules';

create function tenancy.knows_tenant_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'knows_tenant_support_wrapper';

comment on function tenancy.knows_tenant_support(internal) is 'tells the planner what knows_tenant() means for the context in force';

create function tenancy.reads_tenant_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'reads_tenant_support_wrapper';

comment on function tenancy.reads_tenant_support(internal) is 'tells the planner what reads_tenant() means for the context in force';

create function tenancy.always_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'always_support_wrapper';

comment on function tenancy.always_support(internal) is 'tells the planner that a function that stands for a policy lets rows pass';

create function tenancy.readable_tenant_numbers() returns bigint[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'readable_tenant_numbers_wrapper';

comment on function tenancy.readable_tenant_numbers() is 'readable_tenants() by tenants.number, for index conditions';

create function tenancy.writable_tenant_numbers() returns bigint[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'writable_tenant_numbers_wrapper';

comment on function tenancy.writable_tenant_numbers() is 'writable_tenants() by tenants.number, for index conditions';

create function tenancy.read_tenant() returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'read_tenant_wrapper';

comment on function tenancy.read_tenant() is 'stands in plans for can_read() where the session may read one tenant: that tenant';

create function tenancy.read_tenant_number() returns bigint
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'read_tenant_number_wrapper';

comment on function tenancy.read_tenant_number() is 'read_tenant() by tenants.number';

create function tenancy.write_tenant() returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'write_tenant_wrapper';

comment on function tenancy.write_tenant() is 'stands in plans for can_write() where the session may write one tenant: that tenant';

create function tenancy.write_tenant_number() returns bigint
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'write_tenant_number_wrapper';

comment on function tenancy.write_tenant_number() is 'write_tenant() by tenants.number';

create function tenancy.own_tenant() returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'own_tenant_wrapper';

comment on function tenancy.own_tenant() is
  'stands in plans for can_read() and can_write() where the session may read and write just one tenant: that tenant';

create function tenancy.own_tenant_number() returns bigint
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'own_tenant_number_wrapper';

comment on function tenancy.own_tenant_number() is 'own_tenant() by tenants.number';

create function tenancy.reads_all() returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'reads_all_wrapper';

comment on function tenancy.reads_all() is 'stands in plans for can_read() where the session may read all tenants';

create function tenancy.writes_all() returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'writes_all_wrapper';

comment on function tenancy.writes_all() is 'stands in plans for can_write() where the session may write all tenants';

create function tenancy.reads_public() returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'reads_public_wrapper';

comment on function tenancy.reads_public() is 'may the session read public rows?';

create function tenancy.writes_public() returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'writes_public_wrapper';

comment on function tenancy.writes_public() is 'may the session write public rows?';

create function tenancy.reads_tenant(uuid) returns boolean
  language c stable strict leakproof parallel safe cost 2 support tenancy.reads_tenant_support
  as 'MODULE_PATHNAME', 'can_read_wrapper';

comment on function tenancy.reads_tenant(uuid) is
  'stands in plans for can_read() where the session may read several tenants, beside reads_public(): may it read rows of the tenant?';

create function tenancy.reads_tenant_number(bigint) returns boolean
  language c stable strict leakproof parallel safe cost 2 support tenancy.reads_tenant_support
  as 'MODULE_PATHNAME', 'can_read_number_wrapper';

comment on function tenancy.reads_tenant_number(bigint) is 'reads_tenant() by tenants.number';

create function tenancy.reads_tenant_number(integer) returns boolean
  language c stable strict leakproof parallel safe cost 2 support tenancy.reads_tenant_support
  as 'MODULE_PATHNAME', 'can_read_integer_wrapper';

comment on function tenancy.reads_tenant_number(integer) is 'reads_tenant() by tenants.number';

revoke all on function
  tenancy.can_read_support(internal),
  tenancy.can_write_support(internal),
  tenancy.check_write_support(internal),
  tenancy.writable_tenant_support(internal),
  tenancy.knows_tenant_support(internal),
  tenancy.reads_tenant_support(internal),
  tenancy.always_support(internal)
from public;

-- What the context may do: src/policies.rs. Cost 2 is what the planner counts for `= any (…)` by hand, which it hashes: such
-- conditions come after those that cost 1.

create function tenancy.can_read(tenant uuid) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_read_support
  as 'MODULE_PATHNAME', 'can_read_wrapper';

comment on function tenancy.can_read(uuid) is 'may the session read rows of the tenant; with NULL, public rows?';

create function tenancy.can_read_number(tenant bigint) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_read_support
  as 'MODULE_PATHNAME', 'can_read_number_wrapper';

comment on function tenancy.can_read_number(bigint) is 'can_read() for tables that name tenants by tenants.number';

create function tenancy.can_read_number(tenant integer) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_read_support
  as 'MODULE_PATHNAME', 'can_read_integer_wrapper';

comment on function tenancy.can_read_number(integer) is 'can_read() for tables that name tenants by tenants.number';

create function tenancy.can_write(tenant uuid) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_write_support
  as 'MODULE_PATHNAME', 'can_write_wrapper';

comment on function tenancy.can_write(uuid) is 'may the session write rows of the tenant; with NULL, public rows?';

create function tenancy.can_write_number(tenant bigint) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_write_support
  as 'MODULE_PATHNAME', 'can_write_number_wrapper';

comment on function tenancy.can_write_number(bigint) is 'can_write() for tables that name tenants by tenants.number';

create function tenancy.can_write_number(tenant integer) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_write_support
  as 'MODULE_PATHNAME', 'can_write_integer_wrapper';

comment on function tenancy.can_write_number(integer) is 'can_write() for tables that name tenants by tenants.number';

create function tenancy.check_write(tenant uuid) returns boolean
  language c stable parallel safe cost 1 support tenancy.check_write_support
  as 'MODULE_PATHNAME', 'check_write_wrapper';

comment on function tenancy.check_write(uuid) is 'can_write() for new rows: refuses with the reason instead of saying no';

create function tenancy.check_write_number(tenant bigint) returns boolean
  language c stable parallel safe cost 1 support tenancy.check_write_support
  as 'MODULE_PATHNAME', 'check_write_number_wrapper';

comment on function tenancy.check_write_number(bigint) is 'check_write() for tables that name tenants by tenants.number';

create function tenancy.check_write_number(tenant integer) returns boolean
  language c stable parallel safe cost 1 support tenancy.check_write_support
  as 'MODULE_PATHNAME', 'check_write_integer_wrapper';

comment on function tenancy.check_write_number(integer) is 'check_write() for tables that name tenants by tenants.number';

create function tenancy.readable_tenants() returns uuid[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'readable_tenants_wrapper';

comment on function tenancy.readable_tenants() is 'all tenants whose rows the session may read';

create function tenancy.writable_tenants() returns uuid[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'writable_tenants_wrapper';

comment on function tenancy.writable_tenants() is 'all tenants whose rows the session may write';

create function tenancy.writable_tenant(by_reference boolean default false) returns uuid
  language c stable strict parallel safe support tenancy.writable_tenant_support
  as 'MODULE_PATHNAME', 'writable_tenant_wrapper';

comment on function tenancy.writable_tenant(boolean) is
  'default of a tenant column: the one tenant that the session may write; an error asks for the name where there are several';

create function tenancy.writable_tenant_number(by_reference boolean default false) returns bigint
  language c stable strict parallel safe support tenancy.writable_tenant_support
  as 'MODULE_PATHNAME', 'writable_tenant_number_wrapper';

comment on function tenancy.writable_tenant_number(boolean) is 'writable_tenant() for tables that name tenants by tenants.number';
