-- Commands that change protected tables in ways of their own: tables made within CREATE SCHEMA, columns renamed by commands
-- for other objects, values changed by a change of type, keys with periods.
\i include/world.sql
set role owner;
create table app.events (id integer, tenant_id uuid not null, what text) partition by list (id);
create table app.vehicles (id integer, tenant_id uuid not null, what text);
select tenancy.protect('app.events', 'required', create_index => 'never'),
  tenancy.protect('app.vehicles', 'required', create_index => 'never');
reset role;
create schema review authorization owner
  create table events_1 partition of app.events for values in (1)
  create table lorries () inherits (app.vehicles);
insert into app.events values (1, :globex, 'globex');
insert into review.lorries values (1, :globex, 'globex');
grant usage on schema review to public;
grant select, insert on all tables in schema review to public;
set role app;
select * from review.events_1;
select * from review.lorries;
call app.act_as('ann');
begin;
call app.act_as('ann');
insert into review.lorries values (2, :globex, 'for Globex');
rollback;
reset role;

-- renamed by another command
set role owner;
create table app.renamed (id integer primary key, tenant_id uuid);
select tenancy.protect('app.renamed', 'optional', create_index => 'never');
alter view app.renamed rename column tenant_id to party;
create type app.thing as (id integer, tenant_id uuid);
create table app.things of app.thing;
select tenancy.protect('app.things', 'required', create_index => 'never');
alter type app.thing rename attribute tenant_id to party cascade;
select relation, tenant_column from tenancy.protected_tables where tenant_column = 'party';

-- other values by another type
create table app.parents (id integer primary key, other integer unique, tenant_id uuid not null);
create table app.children (id integer primary key, parent integer references app.parents, other integer references app.parents (other),
  note text, tenant_id uuid not null);
select tenancy.protect('app.parents', 'required', create_index => 'never'),
  tenancy.protect('app.children', 'required', create_index => 'never');
reset role;
insert into app.parents values (1, 1, :acme), (2, 2, :globex);
insert into app.children values (1, 1, 1, null, :acme);
set role owner;
alter table app.children alter column parent type bigint using 2;
alter table app.parents alter column other type bigint using 3 - other;
alter table app.children alter column parent type bigint, alter column note type varchar;
reset role;
select * from tenancy.violations();

-- a row whose period is covered by several rows refers to all of them
select current_setting('server_version_num')::integer >= 180000 as periods \gset
\if :periods
\o /dev/null
set role owner;
create table app.rates (id int4range, during daterange, tenant_id uuid not null, primary key (id, during without overlaps));
create table app.uses (id integer primary key, rate int4range, during daterange, tenant_id uuid not null,
  foreign key (rate, period during) references app.rates (id, period during));
select tenancy.protect('app.rates', 'required', create_index => 'never'), tenancy.protect('app.uses', 'required', create_index => 'never');
reset role;
insert into app.rates values ('[1,1]', '[2020-01-01,2021-01-01)', :acme), ('[1,1]', '[2021-01-01,2022-01-01)', :acme),
  ('[1,1]', '[2022-01-01,2023-01-01)', :globex);
insert into app.uses values (1, '[1,1]', '[2020-06-01,2021-06-01)', :acme);
\o
create procedure app.try(command text) language plpgsql as $$
begin
  execute command;
  raise exception 'not refused: %', command;
exception when foreign_key_violation or restrict_violation or check_violation then null;
end $$;
call app.try($$insert into app.uses values (2, '[1,1]', '[2021-06-01,2022-06-01)', 'a0000000-0000-0000-0000-000000000000')$$);
call app.try($$update app.uses set during = '[2021-06-01,2022-06-01)'$$);
call app.try($$update app.rates set tenant_id = 'b0000000-0000-0000-0000-000000000000' where during @> '2021-02-01'::date$$);
\endif

-- columns of different collations
set role owner;
create table app.codes (code text collate "C" primary key, tenant_id uuid not null);
create table app.coded (id integer primary key, code text collate "POSIX" references app.codes, tenant_id uuid not null);
insert into app.codes values ('a', :acme);
insert into app.coded values (1, 'a', :acme);
select tenancy.protect('app.codes', 'required', create_index => 'never'),
  tenancy.protect('app.coded', 'required', create_index => 'never');
reset role;
insert into app.coded values (2, 'a', :globex);
update app.codes set tenant_id = :globex;
select * from tenancy.violations();

-- rows that refer to what is not there yet
set role owner;
create table app.wanted (id integer primary key, tenant_id uuid not null);
create table app.wanting (id integer primary key, wanted integer, tenant_id uuid not null);
insert into app.wanting values (1, 1, :acme), (2, 2, :acme);
alter table app.wanting add foreign key (wanted) references app.wanted not valid;
select tenancy.protect('app.wanted', 'required', create_index => 'never'),
  tenancy.protect('app.wanting', 'required', create_index => 'never');
reset role;
insert into app.wanted values (1, :acme);
insert into app.wanted values (2, :globex);
insert into app.wanted values (3, :globex);
update app.wanted set id = 2 where id = 3;
select * from tenancy.violations();
