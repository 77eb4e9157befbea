\i include/world.sql
-- Containers of job targets: a target's parts always have its tenant; a link between a container and a target goes when the
-- two are no longer compatible; a container that is public suits everybody.
set role owner;
create table app.containers (id integer primary key, tenant_id uuid, priority integer not null default 0);
create table app.targets (id integer primary key, tenant_id uuid not null);
create table app.parts (id integer primary key, tenant_id uuid not null, target_id integer constraint target references app.targets,
  up integer constraint up references app.parts);
create table app.members (container_id integer constraint container references app.containers,
  target_id integer constraint target references app.targets, tenant_id uuid not null, primary key (container_id, target_id));
select tenancy.protect('app.containers', 'optional', create_index => 'never');
select tenancy.protect('app.targets', 'required', create_index => 'never');
select tenancy.protect('app.parts', 'required', create_index => 'never');
select tenancy.protect('app.members', 'required', create_index => 'never');
reset role;
insert into app.targets values (1, :acme), (2, :east), (3, :globex);
insert into app.containers values (1, :acme, 5), (2, null, 1), (3, :globex, 9);
insert into app.parts values (1, :acme, 1, null), (2, :east, 2, null), (3, :east, 1, null);

-- existing rows must keep to the rule; the offenders are listed
set role owner;
select tenancy.set_reference_rule('app.parts', 'target', on_tenant_change => 'cascade');
reset role;
update app.parts set tenant_id = :acme where id = 3;
set role owner;
select tenancy.set_reference_rule('app.parts', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.parts', 'up', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.members', 'target', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.members', 'container', on_tenant_change => 'delete');
select tenancy.set_reference_rule('app.members', 'container', on_tenant_change => 'whatever');
reset role;
select relation, constraint_name, on_tenant_change, names_tenant from tenancy.reference_rules order by 1, 2;
grant select, insert, update, delete on all tables in schema app to app;

-- a child has its parent's tenant, cannot choose another and cannot break it
\c - app
begin;
call app.act_as('mia');
insert into app.parts (id, target_id) values (4, 2);
insert into app.parts (id, target_id, up) values (5, 2, 4), (6, 2, 5);
insert into app.members (container_id, target_id) values (1, 1), (1, 2), (2, 1), (2, 2);
select p.id, t.name from app.parts p join tenancy.tenants t on t.id = p.tenant_id order by 1;
savepoint s;
insert into app.parts (id, tenant_id, target_id) values (7, 'a0000000-0000-0000-0000-000000000000', 2);
rollback to s;
update app.parts set tenant_id = 'a0000000-0000-0000-0000-000000000000' where id = 4;
rollback to s;
update app.parts set target_id = 1 where id = 2;
rollback to s;
commit;

-- the root is free, and the whole tree goes with it, written by whoever may write the root
begin;
call app.act_as('mia');
update app.targets set tenant_id = 'a0000000-0000-0000-0000-000000000000' where id = 2;
select p.id, t.name from app.parts p join tenancy.tenants t on t.id = p.tenant_id order by 1;
rollback;

-- links whose sides are no longer compatible go, those with a public side stay
\c - postgres
update app.targets set tenant_id = :globex where id = 2;
select p.id, t.name from app.parts p join tenancy.tenants t on t.id = p.tenant_id order by 1;
select m.container_id, m.target_id, t.name from app.members m join tenancy.tenants t on t.id = m.tenant_id order by 1, 2;
update app.containers set tenant_id = :globex where id = 1;
select m.container_id, m.target_id, t.name from app.members m join tenancy.tenants t on t.id = m.tenant_id order by 1, 2;
select * from tenancy.violations();

-- public parents have public children, where these may be public
create table app.boxes (id integer primary key, tenant_id uuid);
create table app.lids (id integer primary key, tenant_id uuid, box_id integer constraint box references app.boxes deferrable);
create table app.nails (id integer primary key, tenant bigint not null, box_id integer constraint box references app.boxes);
select tenancy.protect('app.boxes', 'optional', create_index => 'never'), tenancy.protect('app.lids', 'optional', create_index => 'never'),
  tenancy.protect('app.nails', 'required', 'tenant', create_index => 'never');
select tenancy.set_reference_rule('app.lids', 'box', on_tenant_change => 'cascade');
select tenancy.set_reference_rule('app.nails', 'box', on_tenant_change => 'cascade');
insert into app.boxes values (1, null), (2, :acme), (3, :acme);
insert into app.lids (id, box_id) values (1, 1), (2, 2), (3, 3);
insert into app.nails (id, box_id) values (2, 2);
select * from app.lids order by id;
update app.boxes set tenant_id = null where id = 3;
update app.boxes set tenant_id = :globex where id = 2;
update app.boxes set tenant_id = null where id = 2;
select * from app.lids order by id;
select * from app.nails order by id;

-- public work comes first, whatever its own priority
select id, tenant_id is null as public, priority from app.containers order by tenancy.global_first(tenant_id), priority;
-- an index on rows that were changed before is not used as long as older transactions run, elsewhere, too: rows anew
vacuum full app.containers;
create index on app.containers (tenancy.global_first(tenant_id), priority);
set enable_seqscan = off;
set enable_sort = off;
explain (costs off) select id from app.containers order by tenancy.global_first(tenant_id), priority;
select tenancy.global_first(null::bigint) < tenancy.global_first(1);
