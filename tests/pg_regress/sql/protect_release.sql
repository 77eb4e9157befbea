-- release() leaves a table as it was before protect(): the definitions are compared before and after.
\i include/world.sql
-- everything that \d shows of a table, as text
create function app.definition(relation regclass) returns setof text language sql as $$
  select line from (
    select 1, format('%s %s%s default %s', attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' else '' end,
      pg_get_expr(adbin, adrelid)) from pg_attribute a left join pg_attrdef d on adrelid = attrelid and adnum = attnum
      where attrelid = relation and attnum > 0 and not attisdropped
    union all select 2, format('constraint %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint where conrelid = relation and contype <> 'n'
    union all select 3, pg_get_indexdef(indexrelid) from pg_index where indrelid = relation
    union all select 4, pg_get_triggerdef(oid) from pg_trigger where tgrelid = relation and not tgisinternal
    union all select 5, format('policy %s', polname) from pg_policy where polrelid = relation
    union all select 6, format('row security %s %s', relrowsecurity, relforcerowsecurity) from pg_class where oid = relation
    union all select 7, format('registered %s', relation) from tenancy.protection p where p.relation = definition.relation
    union all select 8, format('rule %s', constraint_name) from tenancy.reference_settings p where p.relation = definition.relation
  ) d (nth, line) order by nth, line $$;
create temp table before (relation regclass, line text);
set role owner;
create table app.plain (id integer primary key, tenant_id uuid);
reset role;
create table app.full (id integer primary key, tenant_id uuid not null references tenancy.tenants, document_id integer references app.documents,
  plain_id integer references app.plain deferrable, unique (tenant_id, id));
alter table app.full owner to owner;
set role owner;
create table app.numbered (id integer primary key, "Tenant No." bigint, other integer);
create table app.top (id integer, tenant_id uuid, day date) partition by range (day);
create table app.part partition of app.top default partition by list (id);
create table app.leaf partition of app.part default;
create table app.parent (id integer, tenant_id uuid not null);
create table app.child (more integer) inherits (app.parent);
create table app.free (id integer primary key, plain_id integer references app.plain);
create table app.guarded (id integer, tenant_id uuid default 'a0000000-0000-0000-0000-000000000000');
alter table app.guarded enable row level security, force row level security;
create policy narrow on app.guarded as restrictive using (id > 0);
reset role;
create temp table tables as select unnest('{app.plain,app.full,app.numbered,app.top,app.part,app.leaf,app.parent,app.child,app.free,app.guarded}'::regclass[]) as relation;
insert into before select relation, app.definition(relation) from tables;

grant insert on before to public;
\set VERBOSITY terse
select tenancy.protect('app.plain', 'required', create_index => 'never');
select tenancy.protect('app.full', 'required', create_index => 'never');
select tenancy.protect('app.numbered', 'optional', 'Tenant No.', create_index => 'never');
select tenancy.protect('app.top', 'required', create_index => 'never');
select tenancy.protect('app.parent', 'required', create_index => 'never');
select tenancy.protect('app.free', 'untenanted', create_index => 'never');
select tenancy.protect('app.guarded', 'optional', create_index => 'never');
select tenancy.set_reference_rule('app.full', 'full_plain_id_fkey', names_tenant => true);
select relation, app.definition(relation) as line from tables where relation::text in ('app.plain', 'app.full', 'app.numbered', 'app.leaf', 'app.child', 'app.free', 'app.guarded');
select tenancy.release(relation) from tenancy.protected_tables where relation::text !~ 'documents|articles';

-- what is more, and what is missing
select relation, '+ ' || app.definition(relation) as line from tables except select relation, '+ ' || line from before order by 1, 2;
select relation, '- ' || line as line from before except select relation, '- ' || app.definition(relation) from tables order by 1, 2;
select relation, kind from tenancy.protected_tables order by 1;
select relation, constraint_name from tenancy.reference_settings order by 1, 2;
-- and again
select tenancy.protect('app.plain', 'optional', create_index => 'never');
select tenancy.release('app.plain');

-- the index: now, later, never
\set VERBOSITY verbose
set role owner;
select tenancy.protect('app.plain', 'required');
select tenancy.protect('app.numbered', 'optional', 'Tenant No.', create_index => 'concurrently') \gexec
select tenancy.protect('app.full', 'required');
select tenancy.protect('app.top', 'required', create_index => 'concurrently');
select tenancy.protect('app.parent', 'required', create_index => 'never');
select indrelid::regclass, pg_get_indexdef(indexrelid) from pg_index
where indrelid::regclass::text in ('app.plain', 'app.numbered', 'app.full', 'app.top', 'app.leaf', 'app.parent') order by 1, 2;
reset role;

-- what is dropped leaves the registry
drop table app.full;
alter table app.free drop constraint free_plain_id_fkey;
select tenancy.protect('app.free', 'untenanted');
drop schema app cascade;
select * from tenancy.protection;
select * from tenancy.reference_settings;
