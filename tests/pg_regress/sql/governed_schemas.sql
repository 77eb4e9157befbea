-- In a governed schema a new table takes rows only once it is declared.
\i include/world.sql
set role app;
insert into tenancy.governed_schemas values ('app');
select * from tenancy.governed_schemas;
reset role;
insert into tenancy.governed_schemas values ('nowhere');
insert into tenancy.governed_schemas values ('pg_catalog');
create table app.older (id integer);
alter table app.older owner to owner;
grant insert on app.older to app;
insert into tenancy.governed_schemas (schema_name) values ('app');
truncate tenancy.governed_schemas;

set role owner;
create table app.plans (id integer primary key, tenant_id uuid not null default '00000000-0000-8000-8000-000000000001');
create table app.lists (id integer) partition by list (id);
create table app.lists_1 partition of app.lists for values in (1);
create table app.codes (id integer);
insert into app.plans (id) values (1);
insert into app.lists values (1);
insert into app.lists_1 values (1);
insert into app.codes values (1);
copy app.codes from stdin;
1
\.
do $$ begin create table app.inside (id integer); insert into app.inside values (1); end $$;
create table app.empty as select 1 as id with no data;
insert into app.empty values (1);
-- with rows from the beginning, or from elsewhere
create table app.copied as select * from app.documents;
select * into app.copied from app.documents;
create temp table elsewhere as select 1 as id;
create table app.copied as table elsewhere;
reset role;
create schema outside authorization owner;
set role owner;
create table outside.moved (id integer);
insert into outside.moved values (1);
alter table outside.moved set schema app;
-- the trigger stays
alter table app.codes disable trigger "00_tenancy_undeclared";
alter table app.codes disable trigger all;
alter table app.codes enable replica trigger "00_tenancy_undeclared";
alter trigger "00_tenancy_undeclared" on app.codes rename to away;
drop trigger "00_tenancy_undeclared" on app.codes;
create function app.nothing() returns trigger language plpgsql as $$ begin return null; end $$;
create or replace trigger "00_tenancy_undeclared" before insert on app.codes execute function app.nothing();
-- one of one's own is the owner's
create trigger own before insert on app.codes execute function app.nothing();
drop trigger own on app.codes;
-- tables that were there before are as they were
insert into app.older values (1);
alter table app.older disable trigger all;
-- parts of protected tables and temporary tables need no word
create table app.events (id integer, tenant_id uuid not null) partition by list (id);
select tenancy.protect('app.events', 'required', create_index => 'never') \g /dev/null
create table app.events_1 partition of app.events for values in (1);
create table app.events_2 (id integer, tenant_id uuid not null);
alter table app.events attach partition app.events_2 for values in (2);
create table app.drafts () inherits (app.documents);
create temp table mine (id integer);
insert into mine values (1);
-- parts in other schemas
create table outside.lists_2 partition of app.lists for values in (2) partition by list (id);
create table outside.lists_21 partition of outside.lists_2 default;
create table outside.coder () inherits (app.codes);
insert into outside.lists_21 values (2);
insert into outside.coder values (2);
create table outside.more (id integer);
insert into outside.more values (3);
alter table app.lists attach partition outside.more for values in (3);
alter table outside.lists_2 attach partition outside.more for values in (3);
alter table outside.more inherit app.codes;
alter table outside.more inherit outside.coder, disable trigger all;
alter table outside.coder disable trigger all;
drop trigger "00_tenancy_undeclared" on outside.lists_21;
create table app.lists_4 (id integer);
alter table app.lists attach partition app.lists_4 for values in (4);
-- a partition of a table in another schema, by which rows would come into it
create table outside.logs (id integer) partition by list (id);
create table app.logs_1 partition of outside.logs for values in (1);
create table app.logs_2 (id integer);
alter table outside.logs attach partition app.logs_2 for values in (2);
select tenancy.protect('outside.logs', 'untenanted') \g /dev/null
create table app.logs_1 partition of outside.logs for values in (1);
alter table outside.logs attach partition app.logs_2 for values in (2);
insert into outside.logs values (1), (2);
-- those that leave take rows if their owner wants it
alter table outside.lists_2 detach partition outside.lists_21;
drop trigger "00_tenancy_undeclared" on outside.lists_21;
insert into outside.lists_21 values (2);
alter table outside.lists_2 attach partition outside.lists_21 default;
alter table outside.more inherit app.older;
-- declared
select tenancy.protect('app.plans', 'required', create_index => 'never'), tenancy.protect('app.lists', 'untenanted'),
  tenancy.protect('app.codes', 'untenanted') \g /dev/null
insert into app.lists values (1);
insert into app.lists_1 values (1);
insert into app.codes values (1);
select tgrelid::regclass from pg_trigger where tgname = '00_tenancy_undeclared' order by tgrelid::regclass::text;
set role app;
begin;
call app.act_as('ann');
insert into app.events_2 (id) values (2);
rollback;
reset role;
grant insert on app.events_1, app.events_2 to app;
set role app;
begin;
call app.act_as('ann');
insert into app.events_2 (id, tenant_id) values (2, :acme);
rollback;
-- foreign tables
reset role;
create foreign data wrapper anything;
create server somewhere foreign data wrapper anything;
grant usage on foreign server somewhere to owner;
set role owner;
create foreign table app.far (id integer) server somewhere;
create foreign table outside.far (id integer) server somewhere;
create table app.near (id integer);
alter foreign table outside.far inherit app.near;
create foreign table outside.farther () inherits (app.near) server somewhere;
-- superusers may
reset role;
create table app.filled as select 1 as id;
insert into app.filled values (2);
alter table app.filled owner to owner;
set role owner;
insert into app.filled values (3);
-- a renamed schema stays governed, a dropped one is forgotten
reset role;
alter schema app rename to application;
select schema_name from tenancy.governed_schemas;
insert into tenancy.governed_schemas values ('outside');
drop schema outside cascade;
select schema_name from tenancy.governed_schemas;
delete from tenancy.governed_schemas;
create table application.free (id integer);
select count(*) from pg_trigger where tgrelid = 'application.free'::regclass;
