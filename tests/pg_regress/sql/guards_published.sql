-- Publications that were there before a table came to them: what is published without a row filter, subscribers get of all tenants.
\i include/world.sql
grant create on database :"DBNAME" to owner;
create schema sent;
grant all on schema sent to owner;
create publication of_schema for tables in schema sent;
\o /dev/null
set role owner;
create table app.events (id integer primary key, tenant_id uuid not null) partition by range (id);
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.notes (id integer primary key, tenant_id uuid not null);
select tenancy.protect('app.events', 'required', create_index => 'never'), tenancy.protect('app.notes', 'required', create_index => 'never');
\o
\set published 'select pubname, schemaname, tablename, rowfilter from pg_publication_tables where tablename <> ''seed'' order by 1, 2, 3'

-- what becomes a part
create table app.events_2 (id integer primary key, tenant_id uuid not null);
create table app.kinds (id integer primary key, tenant_id uuid not null) partition by range (id);
create table app.kinds_1 partition of app.kinds for values from (300) to (400);
create table app.drafts (id integer primary key, tenant_id uuid not null);
create publication mine for table app.events_2, app.kinds_1, app.drafts;
alter table app.events attach partition app.events_2 for values from (100) to (200);
alter table app.events attach partition app.kinds for values from (300) to (400);
alter table app.drafts inherit app.notes;
alter publication mine set table app.events_2 where (tenant_id = 'a0000000-0000-0000-0000-000000000000');
alter table app.events attach partition app.events_2 for values from (100) to (200);
alter table app.events attach partition app.kinds for values from (300) to (400);
alter table app.drafts inherit app.notes;
:published;

-- what comes to a schema
alter table app.notes set schema sent;
create table sent.events_3 partition of app.events for values from (200) to (300);
create table sent.notes_2 (primary key (id)) inherits (app.notes);
create table sent.seed (id integer primary key, tenant_id uuid not null);
alter table app.events attach partition sent.seed for values from (200) to (300);
alter table sent.seed set schema app;
alter table app.seed set schema sent;

-- protect() tells of it
select tenancy.protect('sent.seed', 'required', create_index => 'never');
select tenancy.release('sent.seed');
reset role;
select tenancy.release('sent.seed');

-- superusers are told; what they have published whole is the owner's to divide
alter table app.notes set schema sent;
create publication everything for all tables;
create publication of_events for table app.events;
set role owner;
create table app.events_4 partition of app.events for values from (400) to (500);
create table sent.notes_3 (primary key (id)) inherits (sent.notes);
create table app.events_5 (id integer primary key, tenant_id uuid not null);
alter table app.events attach partition app.events_5 for values from (500) to (600);
alter table app.events set schema public;
reset role;
grant create on schema public to owner;
set role owner;
alter table app.events set schema public;
alter table sent.notes set schema app;
select tenancy.protect('sent.seed', 'optional', create_index => 'never');

-- a row filter counts if it lets the rows of one tenant pass: refused is what does not, also when it is altered
create table app.by_number (id integer primary key, tenant integer not null, big bigint, flag boolean);
create table app.by_big (id integer primary key, tenant bigint not null);
select tenancy.protect('app.by_number', 'required', 'tenant', 'never'), tenancy.protect('app.by_big', 'required', 'tenant', 'never') \g /dev/null
create publication filtered for table app.by_number where (true);
create publication filtered for table app.by_number where (tenant is not null);
create publication filtered for table app.by_number where (tenant = 1 or true);
create publication filtered for table app.by_number where (tenant = 1 or tenant = 2);
create publication filtered for table app.by_number where (tenant in (1, 2));
create publication filtered for table app.by_number where (tenant <> 1);
create publication filtered for table app.by_number where (tenant = tenant);
create publication filtered for table app.by_number where (tenant = big);
create publication filtered for table app.by_number where (big = 1);
create publication filtered for table app.by_number where (not (tenant = 1));
create publication filtered for table app.by_number where ((tenant = 1 and flag) or flag);
create publication filtered for table app.by_number where (((tenant = 1) is not true));
create publication filtered for table sent.seed where (tenant_id is not null);
create publication filtered for table app.by_number where (tenant = 1);
alter publication filtered set table app.by_number where (tenant is not null);
alter publication filtered set table app.by_number where (2 = tenant and flag);
alter publication filtered set table app.by_number where (flag and (big > 5 and tenant = 2::bigint));
alter publication filtered set table app.by_number where (tenant = abs(2));
alter publication filtered add table app.by_big where (tenant = 1);
alter publication filtered set table app.by_big where (id > 1 and tenant = 1);
alter publication filtered set table app.by_big where (id > 1);
alter publication filtered set table sent.seed where (tenant_id = 'a0000000-0000-0000-0000-000000000000' and id > 1);
select pubname, schemaname, tablename, rowfilter from pg_publication_tables where pubname = 'filtered';

alter publication filtered set table app.by_number where (flag is null and tenant is null);

-- the hints lead out
create publication hinted for table sent.seed;
create publication hinted for table sent.seed where (tenant_id = 'a0000000-0000-0000-0000-000000000000');
reset role;
drop publication everything, of_schema, of_events, mine, filtered, hinted;
set client_min_messages = error;
create publication whole for tables in schema sent;
reset client_min_messages;
select code, object, remedy from tenancy.lint() where code = 'publication_unfiltered';
set role owner;
alter table app.by_big set schema sent;
reset role;
drop publication whole;
create publication each for table sent.seed where (tenant_id = 'a0000000-0000-0000-0000-000000000000');
set role owner;
alter table app.by_big set schema sent;
alter publication each add table sent.by_big where (tenant = '1000');
reset role;
alter publication each owner to owner;
set role owner;
alter publication each add table sent.by_big where (tenant = '1000');
reset role;
select code, object, remedy from tenancy.lint() where code = 'publication_unfiltered';
