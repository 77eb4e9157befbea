-- Modules: which tables may be in one, who may say so, and what becomes of it when tables change.
\i include/world.sql
set role owner;
create table app.everybodys (id integer primary key);
create table app.parted (id integer, tenant_id uuid) partition by list (id);
create table app.parted_1 partition of app.parted for values in (1);
create view app.a_view as select * from app.documents;
create table app.later (id integer primary key, tenant_id uuid);
\o /dev/null
select tenancy.protect('app.everybodys', 'untenanted'), tenancy.protect('app.parted', 'optional', create_index => 'never');
\o
reset role;

insert into tenancy.modules (name, description) values ('papers', 'what is read'), ('stock', null)
returning name, id is not null as id, created_at = updated_at as same;
create function app.m(text) returns uuid stable language sql as 'select id from tenancy.modules where name = $1';
insert into tenancy.module_tables values (app.m('papers'), 'app.documents'), (app.m('papers'), 'app.parted'), (app.m('stock'), 'app.documents');
insert into tenancy.role_modules select id, app.m('papers') from tenancy.roles where name = 'worker';
\set VERBOSITY terse
insert into tenancy.modules (name) values ('papers');
insert into tenancy.modules (name) values (' ');
update tenancy.modules set id = gen_random_uuid() where name = 'papers';
insert into tenancy.module_tables values (app.m('papers'), 'app.documents');
insert into tenancy.module_tables values (app.m('papers'), null);
-- a module that limits a role stays: without it the role would be for all tables
delete from tenancy.modules where name = 'papers';
truncate tenancy.role_modules;
\set VERBOSITY verbose
-- what cannot be in one
insert into tenancy.module_tables values (app.m('papers'), 'app.everybodys');
\set VERBOSITY terse
insert into tenancy.module_tables values (app.m('papers'), 'app.parted_1');
insert into tenancy.module_tables values (app.m('papers'), 'app.a_view');
insert into tenancy.module_tables values (app.m('papers'), 'tenancy.tenants');
insert into tenancy.module_tables values (app.m('papers'), 'pg_class');
insert into tenancy.module_tables values (app.m('papers'), 0);
update tenancy.module_tables set relation = 'app.everybodys' where module_id = app.m('stock');
\set VERBOSITY verbose
-- a table that is yet to be protected may; as untenanted it could not be limited
insert into tenancy.module_tables values (app.m('papers'), 'app.later') returning relation;
select tenancy.protect('app.later', 'untenanted');
select tenancy.protect('app.later', 'optional', create_index => 'never');

-- administrators only, and nobody else sees them
\c - app
select count(*) from tenancy.modules, tenancy.module_tables, tenancy.role_modules;
begin; call app.act_as('ann'); select count(*) from tenancy.modules; select count(*) from tenancy.module_tables; select count(*) from tenancy.role_modules; commit;
\set VERBOSITY terse
begin; call app.act_as('ann'); delete from tenancy.role_modules; rollback;
begin; call app.act_as('ann'); insert into tenancy.module_tables values (gen_random_uuid(), 'app.articles'); rollback;
begin; call app.act_as('ann'); update tenancy.modules set name = 'mine'; rollback;
begin; call app.act_as('all'); delete from tenancy.module_tables; rollback;
\set VERBOSITY verbose
begin;
call app.act_as('ada');
update tenancy.modules set description = 'read and written' where name = 'papers' returning name, description, updated_at >= created_at as updated;
select m.name, t.relation from tenancy.modules m join tenancy.module_tables t on t.module_id = m.id order by m.name, t.relation::text;
commit;

-- names are followed; what is dropped is gone; a module goes with its tables
\c - postgres
alter table app.later rename to sooner;
create schema moved;
alter table app.parted set schema moved;
select relation from tenancy.module_tables where module_id = app.m('papers') order by relation::text;
drop table app.sooner;
select relation from tenancy.module_tables where module_id = app.m('papers') order by relation::text;
delete from tenancy.modules where name = 'stock';
select count(*) from tenancy.module_tables where relation = 'app.documents'::regclass;
-- a table stays in its modules while it is released
select tenancy.release('app.documents');
select relation from tenancy.module_tables where module_id = app.m('papers') order by relation::text;
select tenancy.protect('app.documents', 'required', create_index => 'never');
-- what becomes a part goes with the table above; what is a part no longer stays in that table's modules
insert into tenancy.modules (name) values ('stock');
create table moved.joins (id integer, tenant_id uuid);
select tenancy.protect('moved.joins', 'optional', create_index => 'never');
insert into tenancy.module_tables values (app.m('stock'), 'moved.joins');
alter table moved.parted attach partition moved.joins for values in (2);
select m.name, t.relation from tenancy.modules m join tenancy.module_tables t on t.module_id = m.id order by m.name, t.relation::text;
alter table moved.parted detach partition moved.joins;
select m.name, t.relation from tenancy.modules m join tenancy.module_tables t on t.module_id = m.id order by m.name, t.relation::text;
-- the extension goes and leaves nothing of it
drop extension pg_tenancy cascade;
select relrowsecurity from pg_class where oid = 'app.documents'::regclass;
