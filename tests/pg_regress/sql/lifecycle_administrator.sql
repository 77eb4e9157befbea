-- The life of a tenant in the hands of an administrator of the service provider who is no superuser: carol, who is ada.
\i include/world.sql
set role owner;
create table app.kinds (id integer generated always as identity primary key, tenant_id uuid, name text);
create table app.things (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, kind integer references app.kinds,
  up uuid references app.things);
create table app.notes (id bigserial primary key, tenant_id uuid not null, thing uuid references app.things, text text) partition by range (id);
create table app.notes_low partition of app.notes for values from (minvalue) to (1000);
create table app.notes_high partition of app.notes for values from (1000) to (maxvalue);
select tenancy.protect('app.kinds', 'optional'), tenancy.protect('app.things', 'required'), tenancy.protect('app.notes', 'required') \g /dev/null
reset role;
insert into app.kinds (tenant_id, name) values (null, 'public'), (:globex, 'own');
insert into app.things (id, tenant_id, kind) values ('10000000-0000-0000-0000-000000000001', :globex, 1), ('10000000-0000-0000-0000-000000000002', :globex, 2);
update app.things set up = '10000000-0000-0000-0000-000000000002' where kind = 1;
insert into app.notes (tenant_id, thing, text) select tenant_id, id, 'note' from app.things;
delete from app.documents where tenant_id = :globex;
delete from app.articles where tenant_id = :globex;
create table app.plain (id integer primary key, note text);
insert into app.plain select n from generate_series(1, 3) n;

\echo === owning nothing, with no privileges at all: what is missing is said
\c - carol
create temp table archive (line bigint generated always as identity primary key, content text not null);
select tenancy.export_tenant(:globex) \g /dev/null
select * from tenancy.initialize_tenant(:acme, :globex, '{app.kinds,app.things,app.notes}');
select tenancy.reassign('app.things', 'true', :acme);
call tenancy.adopt('app.plain', 'required');
select * from tenancy.delete_tenant(:globex, dry_run => true) where relation <> 'tenancy.activity'::regclass;

\echo === reading
\c - postgres
grant select on app.kinds, app.things, app.notes to carol;
\c - carol
create temp table archive (line bigint generated always as identity primary key, content text not null);
insert into archive (content) select tenancy.export_tenant(:globex);
select count(*) from archive;
select * from tenancy.initialize_tenant(:acme, :globex, '{app.kinds,app.things,app.notes}');
select * from tenancy.import_tenant('archive', keys => 'new', dry_run => true);
select * from tenancy.import_tenant('archive', :globex, on_conflict => 'replace', dry_run => true);
-- a refused dry run is over
select count(*) from archive;

\echo === writing, too
\c - postgres
grant insert, update, delete on app.kinds, app.things, app.notes to carol;
\c - carol
create temp table archive (line bigint generated always as identity primary key, content text not null);
insert into archive (content) select tenancy.export_tenant(:globex);
select * from tenancy.initialize_tenant(:acme, :globex, '{app.kinds,app.things,app.notes}');
select k.name, u.id is not null as up, n.text from app.things t join app.kinds k on k.id = t.kind left join app.things u on u.id = t.up
  join app.notes n on n.thing = t.id where t.tenant_id = :acme order by 1;
select tenancy.reassign('app.notes', $$tenant_id = 'a0000000-0000-0000-0000-000000000000'$$, :acme);
-- a copy, with new keys
insert into tenancy.tenants (id, name) values ('c0000000-0000-0000-0000-000000000000', 'Copy');
select * from tenancy.import_tenant('archive', 'c0000000-0000-0000-0000-000000000000', keys => 'new', dry_run => true);
select * from tenancy.import_tenant('archive', 'c0000000-0000-0000-0000-000000000000', keys => 'new');
select k.name, u.id is not null as up, n.text from app.things t join app.kinds k on k.id = t.kind left join app.things u on u.id = t.up
  join app.notes n on n.thing = t.id where t.tenant_id = 'c0000000-0000-0000-0000-000000000000' order by 1;
-- away, and back
select * from tenancy.delete_tenant(:globex) where relation <> 'tenancy.activity'::regclass;
update tenancy.tenants set status = 'inactive' where id = :globex;
select * from tenancy.delete_tenant(:globex) where relation <> 'tenancy.activity'::regclass;
select * from tenancy.import_tenant('archive', dry_run => true);
select * from tenancy.import_tenant('archive');
create temp table again (line bigint generated always as identity primary key, content text not null);
insert into again (content) select tenancy.export_tenant(:globex);
select count(*), count(*) filter (where a.content = b.content) same from archive a full join again b using (line) where line > 1;
select * from tenancy.import_tenant('archive', on_conflict => 'replace');
-- keys go on after those that came
insert into app.kinds (tenant_id, name) values (:globex, 'further') returning id;
select tenancy.refresh_statistics();
select rows from tenancy.tenant_statistics where tenant_id = :globex and relation = 'app.notes'::regclass;
select relation, count(*) from tenancy.violations() group by 1;

\echo === without temporary tables
\c - postgres
create table app.archive (line bigint generated always as identity primary key, content text not null);
insert into app.archive (content) select tenancy.export_tenant(:globex);
grant select on app.archive to carol;
revoke temporary on database :"DBNAME" from public;
\c - carol
select * from tenancy.import_tenant('app.archive', on_conflict => 'skip');
select * from tenancy.initialize_tenant(:acme, :globex, '{app.kinds}');
\c - postgres
grant temporary on database :"DBNAME" to public;
-- nobody else may write the lines while they are read
\c - carol
select * from tenancy.import_tenant('app.archive', on_conflict => 'skip', dry_run => true);

\echo === owning the tables
\c - postgres
alter table app.kinds owner to carol; alter table app.things owner to carol; alter table app.notes owner to carol; alter table app.plain owner to carol;
grant usage, create on schema app to carol;
grant execute on procedure tenancy.adopt to carol;
revoke all on app.kinds, app.things, app.notes, app.plain from owner;
\c - carol
create temp table archive (line bigint generated always as identity primary key, content text not null);
insert into archive (content) select tenancy.export_tenant(:globex);
call tenancy.adopt('app.plain', 'required', assign_to => :globex);
select tenancy.reassign('app.plain', 'id = 1', :acme);
select * from tenancy.delete_tenant(:globex, '{app.plain}', dry_run => true);
update tenancy.tenants set status = 'inactive' where id = :globex;
select * from tenancy.delete_tenant(:globex) where relation <> 'tenancy.activity'::regclass;
select * from tenancy.import_tenant('archive');
select * from tenancy.initialize_tenant(:west, :globex, '{app.kinds,app.things,app.notes}');
select relation, count(*) from tenancy.violations() group by 1;
