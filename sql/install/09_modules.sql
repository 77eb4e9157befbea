-- Modules: named sets of protected tables that roles can be limited to. src/modules.rs, src/policies.rs, src/planner.rs

-- Locking: none of its own.
create table tenancy.modules (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  description text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint modules_name_not_blank check (name ~ '\S')
);

comment on table tenancy.modules is 'named sets of protected tables; a role may be limited to modules';
comment on column tenancy.modules.id is 'by which other tables name the module';
comment on column tenancy.modules.name is 'unique; what people call the module';
comment on column tenancy.modules.description is 'about the module, for people';
comment on column tenancy.modules.created_at is 'when it was inserted';
comment on column tenancy.modules.updated_at is 'when it was last changed; kept by the extension';

-- Locking: none of its own. A table keeps its modules while it is released, so that protecting it again does not open it.
create table tenancy.module_tables (
  module_id uuid not null references tenancy.modules (id) on delete cascade,
  relation regclass not null,
  primary key (module_id, relation)
);

create index module_tables_relation_idx on tenancy.module_tables (relation);

comment on table tenancy.module_tables is 'the tables of modules; partitions and inheritance children go with the table at the top';
comment on column tenancy.module_tables.module_id is 'the module';
comment on column tenancy.module_tables.relation is 'the protected table at the top';

-- Locking: none of its own. A module that a role is limited to cannot be deleted: the role would be for all tables.
create table tenancy.role_modules (
  role_id uuid not null references tenancy.roles (id) on delete cascade,
  module_id uuid not null references tenancy.modules (id),
  primary key (role_id, module_id)
);

create index role_modules_module_id_idx on tenancy.role_modules (module_id);

comment on table tenancy.role_modules is 'the modules that roles are limited to; a role that is not here is for all tables';
comment on column tenancy.role_modules.role_id is 'the role';
comment on column tenancy.role_modules.module_id is 'the module that it is limited to';

create function tenancy.complete_module() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_module_wrapper';

comment on function tenancy.complete_module() is 'trigger: keeps id, created_at and updated_at';

create function tenancy.check_module_table() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_module_table_wrapper';

comment on function tenancy.check_module_table() is 'trigger: a module is made of tables whose rows have tenants';

revoke all on function tenancy.complete_module(), tenancy.check_module_table() from public;

create trigger row_completed before insert or update on tenancy.modules
  for each row execute function tenancy.complete_module();
alter table tenancy.modules enable always trigger row_completed;

create trigger table_checked before insert or update on tenancy.module_tables
  for each row execute function tenancy.check_module_table();
alter table tenancy.module_tables enable always trigger table_checked;

do $$
declare
  name text;
begin
  foreach name in array array['modules', 'module_tables', 'role_modules'] loop
    execute format('create trigger administrators_only before insert or update or delete on tenancy.%I
      for each statement execute function tenancy.require_administrator()', name);
    execute format('alter table tenancy.%I enable always trigger administrators_only', name);
    execute format('create trigger never_truncated before truncate on tenancy.%I
      for each statement execute function tenancy.refuse_truncate()', name);
    execute format('alter table tenancy.%I enable always trigger never_truncated', name);
  end loop;
  -- The tables that catalog/watched.rs watches.
  foreach name in array array['module_tables', 'role_modules'] loop
    execute format('create trigger "00_changes_announced" after insert or update or delete on tenancy.%I
      for each statement execute function tenancy.announce_change()', name);
    execute format('alter table tenancy.%I enable always trigger "00_changes_announced"', name);
    execute format('create trigger replicated_changes_announced after insert or update or delete on tenancy.%I
      for each row execute function tenancy.announce_change()', name);
    execute format('alter table tenancy.%I enable always trigger replicated_changes_announced', name);
  end loop;
end
$$;

alter table tenancy.modules enable row level security;
create policy modules_select on tenancy.modules for select using (tenancy.administers());
create policy modules_insert on tenancy.modules for insert with check (tenancy.administers());
create policy modules_update on tenancy.modules for update using (tenancy.administers()) with check (tenancy.administers());
create policy modules_delete on tenancy.modules for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.modules to public;

alter table tenancy.module_tables enable row level security;
create policy module_tables_select on tenancy.module_tables for select using (tenancy.administers());
create policy module_tables_insert on tenancy.module_tables for insert with check (tenancy.administers());
create policy module_tables_update on tenancy.module_tables for update using (tenancy.administers()) with check (tenancy.administers());
create policy module_tables_delete on tenancy.module_tables for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.module_tables to public;

alter table tenancy.role_modules enable row level security;
create policy role_modules_select on tenancy.role_modules for select using (tenancy.administers());
create policy role_modules_insert on tenancy.role_modules for insert with check (tenancy.administers());
create policy role_modules_update on tenancy.role_modules for update using (tenancy.administers()) with check (tenancy.administers());
create policy role_modules_delete on tenancy.role_modules for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.role_modules to public;

select pg_catalog.pg_extension_config_dump('tenancy.modules', '');
select pg_catalog.pg_extension_config_dump('tenancy.module_tables', '');
select pg_catalog.pg_extension_config_dump('tenancy.role_modules', '');

-- What policies and what stands for them in plans ask, for one table. The planner puts these in for sessions whose roles are
-- limited to modules; nothing else refers to them.

create function tenancy.can_read(tenant uuid, regclass) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_read_support
  as 'MODULE_PATHNAME', 'can_read_in_wrapper';

comment on function tenancy.can_read(uuid, regclass) is 'can_read() for one table, where roles are limited to modules';

create function tenancy.can_read_number(tenant bigint, regclass) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_read_support
  as 'MODULE_PATHNAME', 'can_read_number_in_wrapper';

comment on function tenancy.can_read_number(bigint, regclass) is 'can_read_number() for one table, where roles are limited to modules';

create function tenancy.can_read_number(tenant integer, regclass) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_read_support
  as 'MODULE_PATHNAME', 'can_read_integer_in_wrapper';

comment on function tenancy.can_read_number(integer, regclass) is 'can_read_number() for one table, where roles are limited to modules';

create function tenancy.can_write(tenant uuid, regclass) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_write_support
  as 'MODULE_PATHNAME', 'can_write_in_wrapper';

comment on function tenancy.can_write(uuid, regclass) is 'can_write() for one table, where roles are limited to modules';

create function tenancy.can_write_number(tenant bigint, regclass) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_write_support
  as 'MODULE_PATHNAME', 'can_write_number_in_wrapper';

comment on function tenancy.can_write_number(bigint, regclass) is 'can_write_number() for one table, where roles are limited to modules';

create function tenancy.can_write_number(tenant integer, regclass) returns boolean
  language c stable leakproof parallel safe cost 2 support tenancy.can_write_support
  as 'MODULE_PATHNAME', 'can_write_integer_in_wrapper';

comment on function tenancy.can_write_number(integer, regclass) is 'can_write_number() for one table, where roles are limited to modules';

create function tenancy.check_write(tenant uuid, regclass) returns boolean
  language c stable parallel safe cost 1
  as 'MODULE_PATHNAME', 'check_write_in_wrapper';

comment on function tenancy.check_write(uuid, regclass) is 'check_write() for one table, where roles are limited to modules';

create function tenancy.check_write_number(tenant bigint, regclass) returns boolean
  language c stable parallel safe cost 1
  as 'MODULE_PATHNAME', 'check_write_number_in_wrapper';

comment on function tenancy.check_write_number(bigint, regclass) is 'check_write_number() for one table, where roles are limited to modules';

create function tenancy.check_write_number(tenant integer, regclass) returns boolean
  language c stable parallel safe cost 1
  as 'MODULE_PATHNAME', 'check_write_integer_in_wrapper';

comment on function tenancy.check_write_number(integer, regclass) is 'check_write_number() for one table, where roles are limited to modules';

create function tenancy.read_tenant(regclass) returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'read_tenant_in_wrapper';

comment on function tenancy.read_tenant(regclass) is 'read_tenant() for one table';

create function tenancy.read_tenant_number(regclass) returns bigint
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'read_tenant_number_in_wrapper';

comment on function tenancy.read_tenant_number(regclass) is 'read_tenant_number() for one table';

create function tenancy.write_tenant(regclass) returns uuid
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'write_tenant_in_wrapper';

comment on function tenancy.write_tenant(regclass) is 'write_tenant() for one table';

create function tenancy.write_tenant_number(regclass) returns bigint
  language c stable leakproof parallel safe
  as 'MODULE_PATHNAME', 'write_tenant_number_in_wrapper';

comment on function tenancy.write_tenant_number(regclass) is 'write_tenant_number() for one table';

create function tenancy.reads_all(regclass) returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'reads_all_in_wrapper';

comment on function tenancy.reads_all(regclass) is 'reads_all() for one table';

create function tenancy.writes_all(regclass) returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'writes_all_in_wrapper';

comment on function tenancy.writes_all(regclass) is 'writes_all() for one table';

create function tenancy.reads_public(regclass) returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'reads_public_in_wrapper';

comment on function tenancy.reads_public(regclass) is 'reads_public() for one table';

create function tenancy.writes_public(regclass) returns boolean
  language c stable leakproof parallel safe cost 1 support tenancy.always_support
  as 'MODULE_PATHNAME', 'writes_public_in_wrapper';

comment on function tenancy.writes_public(regclass) is 'writes_public() for one table';

create function tenancy.readable_tenants(regclass) returns uuid[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'readable_tenants_in_wrapper';

comment on function tenancy.readable_tenants(regclass) is 'readable_tenants() for one table';

create function tenancy.writable_tenants(regclass) returns uuid[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'writable_tenants_in_wrapper';

comment on function tenancy.writable_tenants(regclass) is 'writable_tenants() for one table';

create function tenancy.readable_tenant_numbers(regclass) returns bigint[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'readable_tenant_numbers_in_wrapper';

comment on function tenancy.readable_tenant_numbers(regclass) is 'readable_tenant_numbers() for one table';

create function tenancy.writable_tenant_numbers(regclass) returns bigint[]
  language c stable parallel safe
  as 'MODULE_PATHNAME', 'writable_tenant_numbers_in_wrapper';

comment on function tenancy.writable_tenant_numbers(regclass) is 'writable_tenant_numbers() for one table';

create function tenancy.writable_tenant(by_reference boolean, regclass) returns uuid
  language c stable strict parallel safe
  as 'MODULE_PATHNAME', 'writable_tenant_in_wrapper';

comment on function tenancy.writable_tenant(boolean, regclass) is 'writable_tenant() for one table';

create function tenancy.writable_tenant_number(by_reference boolean, regclass) returns bigint
  language c stable strict parallel safe
  as 'MODULE_PATHNAME', 'writable_tenant_number_in_wrapper';

comment on function tenancy.writable_tenant_number(boolean, regclass) is 'writable_tenant_number() for one table';

create function tenancy.knows_tenant(tenant uuid, relation regclass) returns boolean
  language c stable leakproof parallel safe cost 1
  as 'MODULE_PATHNAME', 'knows_tenant_in_wrapper';

comment on function tenancy.knows_tenant(uuid, regclass) is
  'may the session know how many rows of the table are the tenant''s: because it reads them or administers, whatever the mode? NULL: any table';
