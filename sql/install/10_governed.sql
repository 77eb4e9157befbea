-- Governed schemas: src/governed.rs

-- Locking: none of its own. Named by name, which follow_schemas() follows: a regnamespace would stop pg_upgrade.
create table tenancy.governed_schemas (
  schema_name name primary key,
  created_at timestamptz not null default now()
);

comment on table tenancy.governed_schemas is 'the schemas in which a new table takes rows only once it is given to protect()';
comment on column tenancy.governed_schemas.schema_name is 'the schema';
comment on column tenancy.governed_schemas.created_at is 'when it was inserted';

create function tenancy.check_governed_schema() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_governed_schema_wrapper';

comment on function tenancy.check_governed_schema() is 'trigger: a governed schema exists and is the applications''';

create function tenancy.refuse_undeclared() returns trigger
  language c
  as 'MODULE_PATHNAME', 'refuse_undeclared_wrapper';

comment on function tenancy.refuse_undeclared() is 'trigger on tables of governed schemas that are not protected yet: refuses rows';

create function tenancy.govern_tables() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'govern_tables_wrapper';

comment on function tenancy.govern_tables() is 'event trigger: new tables of governed schemas are to be declared';

create function tenancy.follow_schemas() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'follow_schemas_wrapper';

comment on function tenancy.follow_schemas() is 'event trigger: dropped schemas are no longer governed';

revoke all on function
  tenancy.check_governed_schema(),
  tenancy.refuse_undeclared(),
  tenancy.govern_tables(),
  tenancy.follow_schemas()
from public;

create trigger administrators_only before insert or update or delete on tenancy.governed_schemas
  for each statement execute function tenancy.require_administrator();
alter table tenancy.governed_schemas enable always trigger administrators_only;

create trigger never_truncated before truncate on tenancy.governed_schemas
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.governed_schemas enable always trigger never_truncated;

create trigger schema_checked before insert or update on tenancy.governed_schemas
  for each row execute function tenancy.check_governed_schema();
alter table tenancy.governed_schemas enable always trigger schema_checked;

create event trigger tenancy_govern_tables on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE', 'IMPORT FOREIGN SCHEMA',
    'ALTER TABLE', 'ALTER FOREIGN TABLE', 'ALTER TRIGGER', 'ALTER SCHEMA', 'CREATE TRIGGER')
  execute function tenancy.govern_tables();

create event trigger tenancy_follow_schemas on sql_drop
  execute function tenancy.follow_schemas();

alter event trigger tenancy_govern_tables enable always;
alter event trigger tenancy_follow_schemas enable always;

-- Which schemas are governed is no secret.
grant select, insert, update, delete on tenancy.governed_schemas to public;

select pg_catalog.pg_extension_config_dump('tenancy.governed_schemas', '');
