-- What protected tables must have, each thing taken away while the event triggers are off, found and given back by mend().
\i include/world.sql
\o /dev/null
set role owner;
create table app.parents (id integer primary key, tenant_id uuid, unique (tenant_id, id));
create table app.children (id integer primary key, tenant_id uuid not null, parent integer,
  constraint own foreign key (parent) references app.parents,
  constraint later foreign key (parent) references app.parents deferrable initially deferred);
create table app.events (id integer, party integer not null) partition by range (id);
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.events_2 partition of app.events for values from (100) to (200) partition by range (id);
create table app.events_21 partition of app.events_2 for values from (100) to (200);
create table app.notes (id integer, parent integer references app.parents);
create table app.vehicles (id integer, tenant_id uuid);
create table app.lorries () inherits (app.vehicles);
select tenancy.protect('app.parents', 'optional', create_index => 'never'),
  tenancy.protect('app.children', 'required', create_index => 'never'),
  tenancy.protect('app.events', 'required', 'party', create_index => 'never'),
  tenancy.protect('app.notes', 'untenanted'),
  tenancy.protect('app.vehicles', 'optional', create_index => 'never');
select tenancy.set_reference_rule('app.children', 'own', names_tenant => true);
reset role;
\o

-- nothing differs
select relation, m from tenancy.protected_tables, tenancy.mend(relation) m;

-- nor after renames and moves, nor under another search_path
set role owner;
alter table app.parents rename column tenant_id to party;
alter table app.parents rename to elders;
alter table app.elders rename constraint parents_pkey to elders_pkey;
alter table app.children rename constraint own to parent_of_child;
reset role;
create schema moved authorization owner;
alter table app.elders set schema moved;
alter schema moved rename to "Moved";
set search_path = tenancy, "Moved", app;
select relation, m from tenancy.protected_tables, tenancy.mend(relation) m;
reset search_path;

alter event trigger tenancy_follow_ddl disable;
alter event trigger tenancy_prepare_attach disable;
alter event trigger tenancy_forget_dropped disable;
alter event trigger tenancy_guard_ddl disable;
alter event trigger tenancy_guard_drops disable;

-- columns and row security
alter table app.children alter column tenant_id drop not null, alter column tenant_id drop default,
  disable row level security, no force row level security;
alter table app.events_21 no force row level security;
-- policies
drop policy tenancy_select on app.children;
alter policy tenancy_delete on app.children using (true);
alter policy tenancy_update on app.children to owner;
alter policy tenancy_insert on app.children rename to mine;
alter policy tenancy_update on app.events_1 with check (true);
create policy tempting on app.events_1 using (true);
create policy harmless on app.events_1 as restrictive using (true);
-- triggers
drop trigger "00_tenancy_row" on app.children;
alter table app.children disable trigger "00_tenancy_truncate";
alter trigger "00_tenancy_row" on app.lorries depends on extension plpgsql;
alter trigger "00_tenancy_deferred" on app.children rename to zzz;
drop trigger zz_tenancy_name on app.children;
create trigger zz_tenancy_name before insert on app.children for each row when (new.id > 0) execute function tenancy.name_tenant();
alter table app.children enable always trigger zz_tenancy_name;
alter table app.events_1 enable replica trigger "00_tenancy_row";
alter table app.notes disable trigger all;
drop trigger "00_tenancy_truncate" on app.lorries;
-- foreign keys
alter table app.children drop constraint children_tenant_id_fkey;
alter table app.lorries drop constraint lorries_tenant_id_fkey;
alter table app.lorries add constraint lorries_tenant_id_fkey foreign key (tenant_id) references tenancy.tenants not valid;
alter table app.children add constraint empties foreign key (tenant_id, parent) references "Moved".elders (party, id)
  on delete set null on update set default;

select m from tenancy.mend('app.children') m order by 1;
drop policy mine on app.children;
select m from tenancy.mend('app.children') m order by 1;
select m from tenancy.mend('app.events') m order by 1;
select m from tenancy.mend('app.notes') m order by 1;
select m from tenancy.mend('app.vehicles') m order by 1;
select relation, m from tenancy.protected_tables, tenancy.mend(relation) m;
-- what mend() gave back works
begin;
insert into app.children (id, tenant_id) values (1, null);
rollback;
begin;
grant insert on app.children to app;
set local role app;
call app.act_as('ann');
insert into app.children (id, tenant_id) values (1, :globex);
rollback;

-- not everybody, not everywhere
select tenancy.mend(null);
select tenancy.mend('app.events_1');
create table app.open (id integer);
select tenancy.mend('app.open');
set role app;
select tenancy.mend('app.children');
