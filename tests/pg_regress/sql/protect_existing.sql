-- A database with rows in it is brought in step by step: offenders are listed, accepted where the mode says so, and corrected.
\i include/world.sql
set role owner;
create table app.folders (id integer primary key, tenant_id uuid, name text);
create table app.files (a integer, b text, tenant_id uuid, folder_id integer references app.folders, primary key (a, b));
create table app.keyless (tenant bigint, folder_id integer references app.folders);
create table app.base (id integer primary key, tenant_id uuid);
create table app.derived (more text) inherits (app.base);
create table app.log (id integer, tenant_id uuid, day date) partition by range (day);
create table app.log_all partition of app.log default;
insert into app.folders values (1, :acme, 'acme'), (2, :east, 'east'), (3, :globex, 'globex'), (4, null, 'public');
insert into app.files values (1, 'ok', :acme, 1), (2, 'ok', :east, 1), (3, 'ok', :acme, 4), (4, 'down', :acme, 2), (5, 'across', :acme, 3), (6, 'none', null, 4),
  (7, 'unknown', :nowhere, 4), (8, 'public to private', null, 1);
insert into app.keyless values (1010, 1), (1011, 1), (1010, 3), (-77, null), (null, null);
insert into app.base values (1, :acme), (2, null);
insert into app.derived values (3, :acme, 'x'), (4, null, 'x'), (5, :nowhere, 'x');
insert into app.log values (1, :acme, '2020-01-01'), (2, null, '2020-01-01'), (3, :nowhere, '2020-01-01');

-- in the mode enforce they are refused and listed, and nothing has happened
select tenancy.protect('app.folders', 'required', create_index => 'never');
select tenancy.protect('app.folders', 'optional', create_index => 'never');
select tenancy.protect('app.files', 'required', create_index => 'never');
select tenancy.protect('app.files', 'optional', create_index => 'never');
select tenancy.protect('app.keyless', 'required', 'tenant', create_index => 'never');
select tenancy.protect('app.base', 'required', create_index => 'never');
select tenancy.protect('app.log', 'required', create_index => 'never');
select relation from tenancy.protected_tables order by 1;
select relname from pg_class where relnamespace = 'app'::regnamespace and relrowsecurity order by 1;

-- in the other modes they are accepted and listed
reset role;
select tenancy.set_mode('warn');
set role owner;
select tenancy.protect('app.files', 'required', create_index => 'never');
select tenancy.protect('app.keyless', 'required', 'tenant', create_index => 'never');
select tenancy.protect('app.base', 'required', create_index => 'never');
select tenancy.protect('app.log', 'required', create_index => 'never');
select * from tenancy.violations();
reset role;
select * from tenancy.violations() order by relation::text, rule, key;
select tenancy.set_mode('enforce');
select tenancy.set_mode('setup');
-- new rows that break the rules are seen in the mode warn, too
insert into app.base values (10, :nowhere);
insert into app.base values (10, null);

-- corrected
delete from app.files where a in (4, 5, 6, 7, 8);
delete from app.keyless where tenant is null or tenant < 0 or folder_id = 3;
delete from app.base where tenant_id is distinct from :acme;
delete from app.log where tenant_id is distinct from :acme;
select * from tenancy.violations();
select tenancy.set_mode('enforce');
-- now everything holds
select attrelid::regclass, attnotnull from pg_attribute
where attrelid::regclass::text in ('app.files', 'app.keyless', 'app.base', 'app.derived', 'app.log', 'app.log_all') and attname in ('tenant_id', 'tenant') order by 1;
select conrelid::regclass, conname, convalidated from pg_constraint
where confrelid = 'tenancy.tenants'::regclass and connamespace = 'app'::regnamespace order by 1;
insert into app.files values (10, 'none', null, 4);
insert into app.derived values (10, null, 'x');
insert into app.derived values (10, :nowhere, 'x');
insert into app.keyless values (-77);
insert into app.log values (10, null, '2026-01-05');
-- a table that is protected in the mode off, whose foreign keys break the rule
select tenancy.set_mode('off');
create table app.late (id integer primary key, tenant_id uuid, folder_id integer references app.folders);
insert into app.late values (1, :globex, 1), (2, null, null);
select tenancy.protect('app.late', 'optional', create_index => 'never');
select * from tenancy.violations();
select tenancy.set_mode('enforce');
update app.late set folder_id = 3 where id = 1;
select tenancy.set_mode('enforce');
update app.late set folder_id = 1 where id = 1;
