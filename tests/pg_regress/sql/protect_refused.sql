-- protect() and release(): what they refuse, and why.
\i include/world.sql
set role owner;
create table app.t (id integer primary key, tenant_id uuid, text_id text, small_id smallint, num_id numeric, name varchar, bits bit(128));
create view app.v as select * from app.t;
create materialized view app.m as select * from app.t;
create sequence app.s;
create type app.c as (tenant_id uuid);
create index ti on app.t (tenant_id);
create temp table tmp (tenant_id uuid);
create unlogged table app.u (tenant_id uuid);
create domain app.tenant as uuid;
create table app.d (tenant_id app.tenant);
create table app.p (id integer, tenant_id uuid) partition by range (id);
create table app.p1 partition of app.p default;
create table app.child () inherits (app.t);
create table app.generated (id uuid, tenant_id uuid generated always as (id) stored);

-- what is not a table
select tenancy.protect('app.v', 'required');
select tenancy.protect('app.m', 'required');
select tenancy.protect('app.s', 'required');
select tenancy.protect('app.c', 'required');
select tenancy.protect('app.ti', 'required');
\set VERBOSITY sqlstate
select tenancy.protect('tmp', 'required');
\set VERBOSITY verbose
select tenancy.protect('app.p1', 'required');
select tenancy.protect('app.child', 'required');
select tenancy.protect('app.nothing', 'required');
select tenancy.protect(0, 'required');
select tenancy.protect(4294967295, 'required');
select tenancy.protect(null, 'required');
select tenancy.protect('app.t', null);
select tenancy.protect('tenancy.tenants', 'required', 'id');
select tenancy.protect('pg_catalog.pg_class', 'untenanted');
reset role;
select tenancy.protect('tenancy.tenants', 'required', 'id');
select tenancy.protect('tenancy.contacts', 'required');
select tenancy.protect('pg_catalog.pg_class', 'untenanted');
select tenancy.protect('information_schema.sql_features', 'untenanted');
create foreign data wrapper nothing;
create server nothing foreign data wrapper nothing;
create foreign table app.f (tenant_id uuid) server nothing;
select tenancy.protect('app.f', 'required');
set role owner;

-- kinds, columns, types, ways
select tenancy.protect('app.t', 'requested');
select tenancy.protect('app.t', '');
select tenancy.protect('app.t', 'REQUIRED');
select tenancy.protect('app.t', 'required', 'nothing');
select tenancy.protect('app.t', 'required', '');
select tenancy.protect('app.t', 'required', 'ctid');
select tenancy.protect('app.t', 'required', 'text_id');
select tenancy.protect('app.t', 'required', 'small_id');
select tenancy.protect('app.t', 'required', 'num_id');
select tenancy.protect('app.t', 'required', 'name');
select tenancy.protect('app.d', 'required');
select tenancy.protect('app.t', 'required', create_index => 'soon');
alter table app.t drop column bits;
select tenancy.protect('app.t', 'required', 'bits');
select tenancy.protect('app.generated', 'optional', create_index => 'never');

-- a permissive policy that is there already
create policy mine on app.t using (true);
select tenancy.protect('app.t', 'required', create_index => 'never');
drop policy mine on app.t;
create policy mine on app.child using (true);
select tenancy.protect('app.t', 'required', create_index => 'never');
drop policy mine on app.child;
create policy tenancy_select on app.t using (true);
select tenancy.protect('app.t', 'required', create_index => 'never');
drop policy tenancy_select on app.t;
select tenancy.protect('app.t', 'required', create_index => 'never');
create policy mine on app.p1 as restrictive using (true);
select tenancy.protect('app.p', 'required', create_index => 'never');

-- a table that is protected becomes a part of one that is not yet
create table app.single (id integer, tenant_id uuid);
select tenancy.protect('app.single', 'optional', create_index => 'never');
create table app.whole (id integer, tenant_id uuid) partition by range (id);
alter table app.whole attach partition app.single default;
select tenancy.protect('app.whole', 'optional', create_index => 'never');
alter table app.whole attach partition app.single default;
select relation, kind from tenancy.protected_tables where relation::text in ('app.single', 'app.whole');

-- twice; release of what is not protected or only a part
select tenancy.protect('app.p', 'required');
select tenancy.protect('app.p1', 'required');
select tenancy.release('app.t');
select tenancy.release('app.p');
\c - postgres
select tenancy.release('app.t');
select tenancy.release('app.p1');
select tenancy.release('app.v');
select tenancy.release(0);
select tenancy.release(null);

-- a further permissive policy, later
\c - owner
create policy mine on app.p using (true);
create policy mine on app.p1 using (true);
create policy mine on app.documents for select using (true);
create policy mine on app.documents as restrictive using (title <> 'acme 1');
alter policy mine on app.documents using (true);
alter policy mine on app.documents rename to tenancy_mine;
select policyname, permissive from pg_policies where tablename = 'documents' order by 1;
drop policy tenancy_mine on app.documents;

-- triggers with the names of ours, which would have been taken for ours
set role owner;
create function app.idle() returns trigger language plpgsql as 'begin return null; end';
create table app.refers (id integer primary key, tenant_id uuid, other integer references app.refers deferrable);
create trigger "00_tenancy_row" after insert on app.refers for each row execute function app.idle();
select tenancy.protect('app.refers', 'required');
drop trigger "00_tenancy_row" on app.refers;
create trigger "00_tenancy_truncate" before truncate on app.refers for each statement execute function app.idle();
select tenancy.protect('app.refers', 'required');
drop trigger "00_tenancy_truncate" on app.refers;
create trigger "00_tenancy_deferred" after insert on app.refers for each row execute function app.idle();
select tenancy.protect('app.refers', 'required');
reset role;

-- tables that are there no more
select tenancy.set_reference_rule(0, 'x');

-- by whom: nobody whom it was not granted to, and owners only
\c - app
select tenancy.protect('app.t', 'required');
\c - postgres
grant execute on function tenancy.protect to app;
\c - app
select tenancy.protect('app.t', 'required');
select tenancy.release('app.documents');
begin; call app.act_as('ada'); select tenancy.protect('app.t', 'required'); rollback;
begin; call app.act_as('ada'); select tenancy.release('app.documents'); rollback;
-- the owner releases as an administrator
\c - postgres
grant execute on function tenancy.enter(uuid, text, boolean) to owner;
\c - owner
begin; call app.act_as('pia'); select tenancy.release('app.documents'); rollback;
begin; call app.act_as('all'); select tenancy.release('app.documents'); rollback;
begin; call app.act_as('ada'); select tenancy.release('app.documents'); select count(*) from app.documents; rollback;
begin; call app.act_as('ada'); select tenancy.release('app.documents'); select tenancy.protect('app.documents', 'optional', create_index => 'never'); commit;
select kind from tenancy.protected_tables where relation = 'app.documents'::regclass;
