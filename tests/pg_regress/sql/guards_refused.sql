-- DDL that would take something from the protection of a table, by its owner: refused, each with its reason.
\i include/world.sql
\o /dev/null
set role owner;
create table app.events (id integer, tenant_id uuid not null) partition by range (id);
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.numbered (id integer primary key, party integer not null, document integer references app.documents deferrable);
create function app.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
select tenancy.protect('app.events', 'required', create_index => 'never'),
  tenancy.protect('app.numbered', 'required', 'party', create_index => 'never');
create trigger mine after insert on app.documents for each row execute function app.nothing();
\o
-- row security
alter table app.documents disable row level security;
alter table app.documents no force row level security;
alter table app.events_1 no force row level security;
alter table app.documents add column note text, no force row level security, force row level security;
alter table app.documents add column note2 text, no force row level security;
do $$ begin execute 'alter table app.documents disable row level security'; end $$;

-- policies
drop policy tenancy_select on app.documents;
drop policy tenancy_update on app.events_1;
alter policy tenancy_select on app.documents using (true);
alter policy tenancy_update on app.documents with check (true);
alter policy tenancy_insert on app.events_1 to app;
alter policy tenancy_delete on app.documents rename to mine;
create policy mine on app.documents using (true);
begin;
create policy mine on app.documents as restrictive using (true);
alter policy mine on app.documents using (id > 0);
alter policy mine on app.documents rename to narrower;
drop policy narrower on app.documents;
rollback;

-- triggers
alter table app.documents disable trigger "00_tenancy_row";
alter table app.documents disable trigger user;
alter table app.documents enable trigger "00_tenancy_row";
alter table app.documents enable replica trigger "00_tenancy_truncate";
alter table app.events_1 disable trigger "00_tenancy_row";
alter trigger "00_tenancy_row" on app.documents rename to zzz;
alter trigger "00_tenancy_row" on app.documents depends on extension plpgsql;
alter trigger "00_tenancy_truncate" on app.events_1 depends on extension plpgsql;
drop trigger "00_tenancy_row" on app.documents;
drop trigger "00_tenancy_truncate" on app.events_1;
drop trigger "00_tenancy_deferred" on app.documents;
create or replace trigger "00_tenancy_row" after insert on app.documents for each row execute function app.nothing();
begin;
alter table app.documents disable trigger mine;
alter table app.documents enable trigger mine;
alter trigger mine on app.documents rename to own;
alter trigger own on app.documents depends on extension plpgsql;
drop trigger own on app.documents;
rollback;

-- the tenant column and its foreign key
alter table app.documents alter column tenant_id drop not null;
alter table app.documents alter column tenant_id type text;
alter table app.numbered alter column party type numeric;
alter table app.documents drop column tenant_id;
alter table app.documents drop column tenant_id cascade;
alter table app.documents drop constraint documents_tenant_id_fkey;
alter table app.events drop constraint events_tenant_id_fkey;
-- a default is the owner's: policies look at what it gives
begin;
alter table app.documents alter column tenant_id drop default;
grant insert on app.documents to app;
set local role app;
call app.act_as('ann');
insert into app.documents (id) values (100);
rollback;

-- foreign keys that would take the tenant from rows, for superusers, too
create table app.pairs (tenant_id uuid, id integer, primary key (tenant_id, id));
create table app.members (id integer primary key, tenant_id uuid, pair integer,
  constraint to_pair foreign key (tenant_id, pair) references app.pairs on delete set null on update set default);
\o /dev/null
select tenancy.protect('app.pairs', 'required', create_index => 'never');
\o
select tenancy.protect('app.members', 'optional', create_index => 'never');
alter table app.members drop constraint to_pair, add constraint to_pair foreign key (tenant_id, pair) references app.pairs(tenant_id, id) on update cascade on delete set null (pair);
\o /dev/null
select tenancy.protect('app.members', 'optional', create_index => 'never');
\o
alter table app.members add column second integer, add foreign key (tenant_id, second) references app.pairs on delete set default;
alter table app.members add column third integer, add foreign key (tenant_id, third) references app.pairs on delete set null (third);
reset role;
alter table app.members add constraint fourth foreign key (tenant_id, second) references app.pairs on update set null;
alter table app.members add constraint fifth foreign key (tenant_id) references tenancy.tenants on delete set null;
set role owner;

-- rules
create rule mine as on insert to app.documents do also nothing;
create rule mine as on update to app.events_1 do instead nothing;

-- publications
reset role;
grant create on database :"DBNAME" to owner;
set role owner;
create publication everything for table app.documents;
create publication everything for table app.events_1;
create publication part for table app.documents (id, tenant_id) where (id < 0);
create table app.settings (id integer primary key);
create publication others for table app.settings;
alter publication others add table app.documents;
alter publication others add table app.documents where (id < 0);
alter publication others set table app.documents;
alter publication others set table app.settings;
drop publication others;

-- others with the privileges TRIGGER and REFERENCES
reset role;
create role guards_refused_other;
grant all on app.documents, app.articles to guards_refused_other;
grant usage, create on schema app to guards_refused_other;
grant execute on function tenancy.protect to guards_refused_other;
grant create on database :"DBNAME" to guards_refused_other;
set role guards_refused_other;
create trigger spy after insert on app.documents for each row execute function app.nothing();
create table app.probe (id integer references app.documents);
create table app.probe (id integer primary key, tenant_id uuid not null);
alter table app.probe add foreign key (id) references app.documents;
alter table app.probe add column other integer references app.documents;
alter table app.probe add column other integer;
create schema authorization guards_refused_other create table probe (id integer references app.articles);
\o /dev/null
select tenancy.protect('app.probe', 'required', create_index => 'never');
\o
alter table app.probe add foreign key (id) references app.documents;
alter table app.documents disable row level security;
reset role;

-- not by these either: they belong to the extension
set role owner;
drop schema tenancy cascade;
alter extension pg_tenancy drop function tenancy.check_row();
create or replace function tenancy.can_read(tenant uuid) returns boolean language sql as 'select true';
drop function tenancy.check_row() cascade;
alter event trigger tenancy_guard_ddl disable;
drop event trigger tenancy_guard_drops;
reset role;

-- what owners drop with all that belongs to it
drop owned by guards_refused_other;
drop role guards_refused_other;
set role owner;
drop table app.events_1;
drop table app.members, app.pairs;
reset role;
select relation, m from tenancy.protected_tables, tenancy.mend(relation) m;

-- superusers are told
alter table app.documents no force row level security, disable trigger "00_tenancy_row";
drop policy tenancy_select on app.documents;
create publication everything for all tables;
create rule mine as on update to app.articles do instead nothing;
select tenancy.mend('app.documents');

-- the rows of a partition that is being detached, of which others would lose sight
\c - owner
create table app.slips (id integer, tenant_id uuid not null, document integer references app.documents) partition by range (id);
create table app.slips_1 partition of app.slips for values from (1) to (10) partition by range (id);
create table app.slips_11 partition of app.slips_1 for values from (1) to (5);
create table app.counted (id integer, tenant_id uuid not null) partition by range (id);
create table app.counted_1 partition of app.counted for values from (1) to (10);
select tenancy.protect('app.slips', 'required', create_index => 'never'), tenancy.protect('app.counted', 'required', create_index => 'never') \g /dev/null
alter table app.slips detach partition app.slips_1 concurrently;
alter table app.slips_1 detach partition app.slips_11 concurrently;
\c - postgres
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.counted', 1);
alter table app.slips_1 detach partition app.slips_11 concurrently;
alter table app.counted detach partition app.counted_1 concurrently;
delete from tenancy.quotas;
alter table app.counted detach partition app.counted_1 concurrently;
alter table app.slips_1 detach partition app.slips_11;
