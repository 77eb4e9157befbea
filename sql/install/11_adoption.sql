-- Bringing tables with data under tenancy, and rows to other tenants: src/adopt/, src/reassign.rs

-- Locking: adopt() also locks the table: ACCESS EXCLUSIVE when it begins and when it ends, each time briefly.
create table tenancy.adoptions (
  relation regclass primary key,
  tenant_column name not null,
  value text,
  by_default boolean not null,
  had text[] not null,
  started_at timestamptz not null default now()
);

comment on table tenancy.adoptions is 'the tables that adopt() has begun with and not finished';
comment on column tenancy.adoptions.value is 'the tenant of a row, as SQL; evaluated with the rights of the table''s owner';
comment on column tenancy.adoptions.by_default is 'the column was added with a default that gives all rows their tenant';
comment on column tenancy.adoptions.had is 'what the table had before, so that release() leaves it: not_null, foreign_key';
comment on column tenancy.adoptions.relation is 'the table';
comment on column tenancy.adoptions.tenant_column is 'the column that says whose a row is';
comment on column tenancy.adoptions.started_at is 'when adopt() began';

create trigger "00_changes_announced" after insert or update or delete on tenancy.adoptions
  for each statement execute function tenancy.announce_change();

alter table tenancy.adoptions enable always trigger "00_changes_announced";

create procedure tenancy.adopt(
  relation regclass,
  kind text,
  tenant_column name default 'tenant_id',
  assign_to uuid default '00000000-0000-8000-8000-000000000001',
  tenant_expression text default null,
  by_reference name default null,
  tenant_type text default 'uuid',
  create_index text default 'now'
)
  language c
  as 'MODULE_PATHNAME', 'adopt_wrapper';

comment on procedure tenancy.adopt(regclass, text, name, uuid, text, name, text, text) is
  'bring a table with data under tenancy: add the tenant column, give every row a tenant while others go on writing, protect';

create function tenancy.adopt_row() returns trigger
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'adopt_row_wrapper';

comment on function tenancy.adopt_row() is 'trigger on tables under adoption: a row that names no tenant gets one';

create function tenancy.reassign(relation regclass, "where" text, "to" uuid) returns bigint
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'reassign_wrapper';

comment on function tenancy.reassign(regclass, text, uuid) is
  'move the rows for which the condition holds to another tenant, with the caller''s rights, as one UPDATE; NULL: make them public';

revoke all on procedure tenancy.adopt(regclass, text, name, uuid, text, name, text, text) from public;
revoke all on function tenancy.adopt_row() from public;
revoke all on function tenancy.reassign(regclass, text, uuid) from public;

-- adopt() is granted as protect() is.

-- It does nothing that its caller could not do by an UPDATE.
grant execute on function tenancy.reassign(regclass, text, uuid) to public;

-- Partitions get copies of the trigger with their owner's rights. It evaluates nothing but what the registry says.
grant execute on function tenancy.adopt_row() to public;

-- Which tables are adopted is no secret. Nobody writes what is evaluated, not even members of pg_write_all_data.
alter table tenancy.adoptions enable row level security;
create policy adoptions_select on tenancy.adoptions for select using (true);
grant select on tenancy.adoptions to public;

select pg_catalog.pg_extension_config_dump('tenancy.adoptions', '');
