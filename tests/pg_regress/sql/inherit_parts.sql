\i include/world.sql
-- Rows that follow the row that they refer to: where either side is divided, or refers by several columns.
set role owner;
create table app.targets (region text, id integer, tenant_id uuid not null, primary key (region, id)) partition by list (region);
create table app.targets_n partition of app.targets for values in ('n');
create table app.targets_s partition of app.targets for values in ('s');
create table app.boxes (region text, id integer, tenant_id uuid, primary key (region, id)) partition by hash (region, id);
create table app.boxes_0 partition of app.boxes for values with (modulus 2, remainder 0);
create table app.boxes_1 partition of app.boxes for values with (modulus 2, remainder 1);
-- the referring side is divided, too, by the tenant itself: following moves a row to another part
create table app.parts (id integer, tenant_id uuid not null, region text, target integer,
  constraint target foreign key (region, target) references app.targets) partition by list (tenant_id);
create table app.parts_acme partition of app.parts for values in ('a0000000-0000-0000-0000-000000000000');
create table app.parts_rest partition of app.parts default;
create table app.members (box integer, target integer, region text not null, tenant_id uuid not null,
  constraint box foreign key (region, box) references app.boxes,
  constraint target foreign key (region, target) references app.targets) partition by range (target);
create table app.members_low partition of app.members for values from (minvalue) to (10);
create table app.members_high partition of app.members for values from (10) to (maxvalue);
create table app.extras (id integer primary key, tenant_id uuid not null, region text, target integer,
  constraint target foreign key (region, target) references app.targets);
select tenancy.protect(t, 'required', create_index => 'never') from unnest('{app.targets,app.parts,app.members,app.extras}'::regclass[]) t;
select tenancy.protect('app.boxes', 'optional', create_index => 'never');
-- which part a row is in cannot depend on what it refers to
select tenancy.set_reference_rule('app.parts', 'target', on_tenant_change => 'cascade', names_tenant => true);
select tenancy.set_reference_rule('app.parts', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.extras', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.members', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.members', 'box', on_tenant_change => 'delete');
reset role;
insert into app.targets values ('n', 1, :acme), ('s', 1, :acme), ('n', 11, :globex);
insert into app.boxes values ('n', 1, :acme), ('n', 2, null), ('s', 1, :acme);
insert into app.parts values (1, :acme, 'n', 1), (2, :acme, 'n', 1), (3, :acme, 's', 1), (4, :globex, 'n', 11), (5, :acme, null, 1), (6, :acme, 'n', null);
insert into app.parts (id, region, target) values (7, 'n', 1);
insert into app.extras (id, region, target) values (1, 'n', 1), (2, 's', 1);
insert into app.members (box, target, region) values (1, 1, 'n'), (2, 1, 'n'), (1, 1, 's'), (2, 11, 'n');
\set parts 'select p.tableoid::regclass, p.id, p.region, p.target, t.name from app.parts p join tenancy.tenants t on t.id = p.tenant_id order by id'
\set members 'select m.tableoid::regclass, m.box, m.target, m.region, t.name from app.members m join tenancy.tenants t on t.id = m.tenant_id order by 2, 3, 4'
:parts;
:members;

-- the row referred to by its table, and by its part
update app.targets set tenant_id = :globex where id = 1 and region = 'n';
:parts;
:members;
select e.id, t.name from app.extras e join tenancy.tenants t on t.id = e.tenant_id order by 1;
update app.targets_n set tenant_id = :acme where id = 1;
:parts;
:members;
-- a child cannot choose, by its table nor by its part
update app.parts set tenant_id = :globex where id = 1;
update app.parts_acme set tenant_id = :globex where id = 1;
insert into app.parts_acme values (7, :acme, 'n', 11);
insert into app.members_high (box, target, region, tenant_id) values (1, 11, 'n', :globex);
-- the other side of a link
update app.boxes set tenant_id = :globex where region = 's';
:members;
-- a row that moves to another part, with its tenant
delete from app.members where target = 11;
update app.targets set region = 's', id = 2, tenant_id = :globex where region = 'n' and id = 11;
delete from app.parts where target = 11;
update app.targets set region = 's', id = 2, tenant_id = :acme where region = 'n' and id = 11;
-- in bulk
select tenancy.reassign('app.targets', 'id = 1', :east);
:parts;
:members;
update app.targets set tenant_id = :acme where id = 1;
-- parts that come and go
create table app.parts_globex (like app.parts);
insert into app.parts_globex values (8, :globex, 's', 1);
alter table app.parts detach partition app.parts_rest;
alter table app.parts attach partition app.parts_globex for values in ('b0000000-0000-0000-0000-000000000000');
delete from app.parts_globex;
alter table app.parts attach partition app.parts_globex for values in ('b0000000-0000-0000-0000-000000000000');
update app.targets set tenant_id = :globex where region = 's' and id = 1;
:parts;
-- what was detached goes on in its own right
select p.id, t.name from app.parts_rest p join tenancy.tenants t on t.id = p.tenant_id order by 1;
select relation, constraint_name, on_tenant_change, names_tenant from tenancy.reference_rules where relation::text ~ 'parts|members' order by 1, 2;
update app.targets set tenant_id = :east where region = 'n' and id = 1;
select * from tenancy.violations();
