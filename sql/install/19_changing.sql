-- What is asked in the place of the policies for reading and for writing, where a statement needs both: src/pg/planner/once.rs

create function tenancy.can_change_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'can_change_support_wrapper';

comment on function tenancy.can_change_support(internal) is 'tells the planner what can_change() means for the context in force';

create function tenancy.can_change(tenant uuid) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_change_support
  as 'MODULE_PATHNAME', 'can_change_wrapper';

comment on function tenancy.can_change(uuid) is 'stands in plans for can_read() and can_write() where a statement asks for both';

create function tenancy.can_change_number(tenant bigint) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_change_support
  as 'MODULE_PATHNAME', 'can_change_number_wrapper';

comment on function tenancy.can_change_number(bigint) is 'can_change() for tables that name tenants by tenants.number';

create function tenancy.can_change_number(tenant integer) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_change_support
  as 'MODULE_PATHNAME', 'can_change_integer_wrapper';

comment on function tenancy.can_change_number(integer) is 'can_change() for tables that name tenants by tenants.number';

create function tenancy.check_change_support(internal) returns internal
  language c volatile strict parallel safe
  as 'MODULE_PATHNAME', 'check_change_support_wrapper';

comment on function tenancy.check_change_support(internal) is 'tells the planner for which table check_change() is asked, where roles are limited to modules';

create function tenancy.check_change(tenant uuid) returns boolean
  language c stable parallel safe cost 1 support tenancy.check_change_support
  as 'MODULE_PATHNAME', 'check_change_wrapper';

comment on function tenancy.check_change(uuid) is 'stands in plans for check_write() and can_read() where a new row must pass both';

create function tenancy.check_change_number(tenant bigint) returns boolean
  language c stable parallel safe cost 1 support tenancy.check_change_support
  as 'MODULE_PATHNAME', 'check_change_number_wrapper';

comment on function tenancy.check_change_number(bigint) is 'check_change() for tables that name tenants by tenants.number';

create function tenancy.check_change_number(tenant integer) returns boolean
  language c stable parallel safe cost 1 support tenancy.check_change_support
  as 'MODULE_PATHNAME', 'check_change_integer_wrapper';

comment on function tenancy.check_change_number(integer) is 'check_change() for tables that name tenants by tenants.number';

create function tenancy.changeable_tenants() returns uuid[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'changeable_tenants_wrapper';

comment on function tenancy.changeable_tenants() is 'all tenants whose rows the session may read and write, for index conditions';

create function tenancy.changeable_tenant_numbers() returns bigint[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'changeable_tenant_numbers_wrapper';

comment on function tenancy.changeable_tenant_numbers() is 'changeable_tenants() by tenants.number';

create function tenancy.changes_all() returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'changes_all_wrapper';

comment on function tenancy.changes_all() is 'stands in plans for can_change() where the session may read and write all tenants';

revoke all on function
  tenancy.can_change_support(internal),
  tenancy.check_change_support(internal)
from public;
