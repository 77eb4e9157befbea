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
