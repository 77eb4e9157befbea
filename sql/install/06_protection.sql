-- Protecting tables: src/protect.rs, src/reference_rules.rs, src/violations.rs, src/modes.rs

create function tenancy.protect(
  relation regclass,
  kind text,
  tenant_column name default 'tenant_id',
  create_index text default 'now'
) returns text
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'protect_wrapper';

comment on function tenancy.protect(regclass, text, name, text) is
  'put a table under tenancy: kind is required, optional or untenanted; returns the command still to be run where the index is to be created concurrently (\gexec runs it)';

create function tenancy.release(relation regclass) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'release_wrapper';

comment on function tenancy.release(regclass) is 'take a table out of tenancy: its rows are open to everybody who has privileges on it';

create function tenancy.change_tenant_type(relation regclass, tenant_type text) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'change_tenant_type_wrapper';

comment on function tenancy.change_tenant_type(regclass, text) is
  'let the tenant column of a protected table hold tenants by uuid (tenants.id), bigint or integer (tenants.number); rules, quotas and modules stay';

create function tenancy.convert_tenant(tenant uuid) returns bigint
  language c stable strict parallel unsafe
  as 'MODULE_PATHNAME', 'convert_tenant_wrapper';

comment on function tenancy.convert_tenant(uuid) is 'for change_tenant_type() only, which rewrites a table with the rights of its owner';

create function tenancy.convert_tenant(tenant bigint) returns uuid
  language c stable strict parallel unsafe
  as 'MODULE_PATHNAME', 'convert_tenant_number_wrapper';

comment on function tenancy.convert_tenant(bigint) is 'for change_tenant_type() only, which rewrites a table with the rights of its owner';

create function tenancy.mend(relation regclass) returns setof text
  language c volatile parallel unsafe rows 10
  as 'MODULE_PATHNAME', 'mend_wrapper';

comment on function tenancy.mend(regclass) is 'give a table back what it lacks of its protection, be it its entry in the registry; returns what was mended';

create function tenancy.mend() returns setof text
  language c volatile parallel unsafe rows 10
  as 'MODULE_PATHNAME', 'mend_all_wrapper';

comment on function tenancy.mend() is
  'the same for all tables of the caller''s; a database that was made from a dump of the schema alone is whole again';

create function tenancy.set_reference_rule(
  relation regclass,
  constraint_name name,
  service_provider_eligible boolean default null,
  on_tenant_change text default null,
  names_tenant boolean default null
) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'set_reference_rule_wrapper';

comment on function tenancy.set_reference_rule(regclass, name, boolean, text, boolean) is
  'change the rule of a foreign key between protected tables; what is NULL stays as it is';

create function tenancy.set_mode(mode text) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'set_mode_wrapper';

comment on function tenancy.set_mode(text) is
  'off: nothing is enforced; setup: administrators only; warn: refusals are warnings and are recorded; enforce';

create function tenancy.violations() returns table (relation regclass, rule text, key jsonb)
  language c volatile parallel unsafe rows 100
  as 'MODULE_PATHNAME', 'violations_wrapper';

comment on function tenancy.violations() is 'all rows of protected tables that break a rule of tenancy, for administrators';

-- The triggers on protected tables: src/row_triggers.rs, src/naming.rs

create function tenancy.check_row() returns trigger
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'check_row_wrapper';

comment on function tenancy.check_row() is 'trigger on protected tables: tenants of rows and of what they refer to';

create function tenancy.check_truncate() returns trigger
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'check_truncate_wrapper';

comment on function tenancy.check_truncate() is 'trigger on protected tables: TRUNCATE only by who may write every row';

create function tenancy.name_tenant() returns trigger
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'name_tenant_wrapper';

comment on function tenancy.name_tenant() is 'trigger on protected tables: takes the tenant from the row that a reference points to';

create function tenancy.check_moved() returns trigger
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'check_moved_wrapper';

comment on function tenancy.check_moved() is 'trigger on tenants: what rows refer to must stay above them when a tenant moves';

create trigger "90_check_moved" after update on tenancy.tenants
  referencing old table as old_rows new table as new_rows
  for each statement execute function tenancy.check_moved();

alter table tenancy.tenants enable always trigger "90_check_moved";

create function tenancy.check_rows_gone() returns trigger
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'check_rows_gone_wrapper';

comment on function tenancy.check_rows_gone() is 'trigger on tenants: no protected row may be left of a tenant that is deleted; in place of PostgreSQL''s triggers, which no table could be dropped without locking tenants';

-- After PostgreSQL's own, whose names begin with RI: what they delete is gone by then.
create trigger rows_gone after update of id, number or delete on tenancy.tenants
  for each row execute function tenancy.check_rows_gone();

alter table tenancy.tenants enable always trigger rows_gone;

-- Event triggers: src/ddl.rs

create function tenancy.follow_ddl() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'follow_ddl_wrapper';

comment on function tenancy.follow_ddl() is 'event trigger: new partitions, children, foreign keys and names of protected tables';

create function tenancy.prepare_attach() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'prepare_attach_wrapper';

comment on function tenancy.prepare_attach() is 'event trigger: a protected table that becomes a partition makes room for the triggers that it will get';

create function tenancy.forget_dropped() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'forget_dropped_wrapper';

comment on function tenancy.forget_dropped() is 'event trigger: dropped tables and foreign keys leave the registry';

create function tenancy.guard_ddl() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'guard_ddl_wrapper';

comment on function tenancy.guard_ddl() is 'event trigger: refuses DDL that takes something from the protection of a table';

create function tenancy.guard_rows() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'guard_rows_wrapper';

comment on function tenancy.guard_rows() is 'event trigger: refuses DDL by which PostgreSQL would tell keys of a protected table of others, show its rows, or lose sight of them';

create function tenancy.guard_drops() returns event_trigger
  language c volatile
  as 'MODULE_PATHNAME', 'guard_drops_wrapper';

comment on function tenancy.guard_drops() is 'event trigger: refuses to drop what the protection of a table needs';

create function tenancy.names_one_tenant(pg_node_tree, smallint) returns boolean
  language c immutable strict parallel safe
  as 'MODULE_PATHNAME', 'names_one_tenant_wrapper';

comment on function tenancy.names_one_tenant(pg_node_tree, smallint) is
  'whether a row filter of a publication, or the predicate of an index, holds for rows of one tenant only, or for public ones only';

create event trigger tenancy_follow_ddl on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA', 'ALTER TABLE', 'CREATE POLICY', 'ALTER POLICY',
    -- these rename columns of tables, too
    'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER TYPE')
  execute function tenancy.follow_ddl();

create event trigger tenancy_prepare_attach on ddl_command_start
  when tag in ('ALTER TABLE')
  execute function tenancy.prepare_attach();

create event trigger tenancy_guard_rows on ddl_command_start
  when tag in ('ALTER TABLE', 'ALTER TYPE', 'ALTER DOMAIN')
  execute function tenancy.guard_rows();

create event trigger tenancy_forget_dropped on sql_drop
  execute function tenancy.forget_dropped();

-- By their names after those that follow.
create event trigger tenancy_guard_ddl on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE SCHEMA', 'ALTER TABLE', 'ALTER POLICY', 'CREATE TRIGGER', 'ALTER TRIGGER', 'CREATE RULE',
    'CREATE PUBLICATION', 'ALTER PUBLICATION')
  execute function tenancy.guard_ddl();

create event trigger tenancy_guard_drops on sql_drop
  execute function tenancy.guard_drops();

alter event trigger tenancy_follow_ddl enable always;
alter event trigger tenancy_prepare_attach enable always;
alter event trigger tenancy_forget_dropped enable always;
alter event trigger tenancy_guard_ddl enable always;
alter event trigger tenancy_guard_rows enable always;
alter event trigger tenancy_guard_drops enable always;

revoke all on function
  tenancy.protect(regclass, text, name, text),
  tenancy.release(regclass),
  tenancy.change_tenant_type(regclass, text),
  tenancy.convert_tenant(uuid),
  tenancy.convert_tenant(bigint),
  tenancy.mend(regclass),
  tenancy.mend(),
  tenancy.set_reference_rule(regclass, name, boolean, text, boolean),
  tenancy.set_mode(text),
  tenancy.violations(),
  tenancy.check_row(),
  tenancy.check_truncate(),
  tenancy.name_tenant(),
  tenancy.check_moved(),
  tenancy.check_rows_gone(),
  tenancy.follow_ddl(),
  tenancy.prepare_attach(),
  tenancy.forget_dropped(),
  tenancy.guard_ddl(),
  tenancy.guard_rows(),
  tenancy.guard_drops(),
  tenancy.names_one_tenant(pg_node_tree, smallint)
from public;

-- Partitions get copies of these triggers with their owner's rights. They read nothing but what they are called for, and do
-- nothing on tables that are not protected.
grant execute on function
  tenancy.check_row(),
  tenancy.name_tenant()
to public;

-- These are called while change_tenant_type() runs, and refuse otherwise.
grant execute on function
  tenancy.convert_tenant(uuid),
  tenancy.convert_tenant(bigint)
to public;

-- protect() and change_tenant_type() are granted by those who run the installation: what others' sessions go over is their
-- decision. The rest look at their caller themselves: owners change how their protected tables are protected, administrators do
-- the rest.
grant execute on function
  tenancy.release(regclass),
  tenancy.mend(regclass),
  tenancy.set_reference_rule(regclass, name, boolean, text, boolean),
  tenancy.set_mode(text),
  tenancy.violations(),
  tenancy.mend()
to public;

create view tenancy.protected_tables as
select
  p.relation,
  p.kind,
  p.tenant_column,
  p.tenant_key,
  c.relrowsecurity and c.relforcerowsecurity as row_security,
  (select pg_catalog.count(*) from pg_catalog.pg_inherits i where i.inhparent = p.relation) as parts,
  p.created_at as protected_at,
  p.created_by as protected_by
from tenancy.protection p
join pg_catalog.pg_class c on c.oid = p.relation;

comment on view tenancy.protected_tables is 'the tables under tenancy';
comment on column tenancy.protected_tables.relation is 'the table given to protect()';
comment on column tenancy.protected_tables.kind is
  'required: every row has a tenant; optional: rows without one are public; untenanted: rows have no tenants';
comment on column tenancy.protected_tables.tenant_column is 'the column that says whose a row is; NULL for untenanted tables';
comment on column tenancy.protected_tables.tenant_key is 'what it holds: uuid (tenants.id) or number (tenants.number)';
comment on column tenancy.protected_tables.row_security is 'whether row security is enabled and forced, as it should be';
comment on column tenancy.protected_tables.parts is 'how many partitions and inheritance children are directly below';
comment on column tenancy.protected_tables.protected_at is 'when it was brought under tenancy';
comment on column tenancy.protected_tables.protected_by is 'the role of PostgreSQL that had logged in when it was';

create view tenancy.reference_rules as
select
  s.relation,
  s.constraint_name,
  c.confrelid::pg_catalog.regclass as referenced,
  s.service_provider_eligible,
  s.on_tenant_change,
  s.names_tenant,
  pg_catalog.pg_get_constraintdef(c.oid) as definition
from tenancy.reference_settings s
join pg_catalog.pg_constraint c on c.conrelid = s.relation and c.conname = s.constraint_name and c.contype = 'f'
where c.conparentid = 0;

comment on view tenancy.reference_rules is 'the foreign keys between protected tables, each with its rule';
comment on column tenancy.reference_rules.relation is 'the table that refers';
comment on column tenancy.reference_rules.constraint_name is 'its foreign key';
comment on column tenancy.reference_rules.referenced is 'the table that it refers to';
comment on column tenancy.reference_rules.service_provider_eligible is 'whether rows of the service provider may be referred to as well';
comment on column tenancy.reference_rules.on_tenant_change is
  'what happens where the row referred to changes its tenant: restrict, cascade or delete';
comment on column tenancy.reference_rules.names_tenant is 'whether a row that names no tenant gets that of the row referred to';
comment on column tenancy.reference_rules.definition is 'the foreign key as PostgreSQL shows it';

grant select on tenancy.protected_tables, tenancy.reference_rules to public;
