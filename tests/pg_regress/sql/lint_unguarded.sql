\i include/world.sql
-- What the guards refuse, follow or record, done while the event triggers are off: lint finds it, and the remedy mends it.
-- (tests of what protected tables lack: lint_drift, drift_mend)
insert into tenancy.governed_schemas values ('app');
create schema renamed;
create schema outside authorization owner;
insert into tenancy.governed_schemas values ('renamed');
insert into tenancy.modules (id, name) values (md5('papers')::uuid, 'papers');
set role owner;
create table app.paper (id integer primary key, tenant_id uuid not null);
create table app.events (id integer, tenant_id uuid not null) partition by list (id);
create table app.gone (id integer primary key, tenant_id uuid);
create table app.drafts (id integer not null, tenant_id uuid not null, title text);
create table app.declared (id integer primary key);
select tenancy.protect(('app.' || name)::regclass, 'required', create_index => 'never')
from unnest('{paper,events,gone,drafts}'::text[]) name \g /dev/null
select tenancy.protect('app.declared', 'untenanted') \g /dev/null
create table app.waits (id integer primary key);
create table app.waits_too (id integer primary key);
reset role;
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.gone');
create foreign data wrapper lint_unguarded;
create server lint_unguarded foreign data wrapper lint_unguarded;

\i include/guards_off.sql
set role owner;
-- governed schemas
create table app.came (id integer primary key);
create table app.came_filled as select 1 as id;
create table app.came_in_parts (id integer) partition by list (id);
create table app.came_in_parts_1 partition of app.came_in_parts for values in (1);
drop trigger "00_tenancy_undeclared" on app.waits;
alter table app.waits_too disable trigger "00_tenancy_undeclared";
-- the registry
alter table app.paper rename column tenant_id to party;
drop table app.gone;
alter table app.drafts inherit app.documents;
-- what hangs on protected tables
create rule quietly as on delete to app.documents do instead nothing;
create table app.new_part (id integer, tenant_id uuid not null);
alter table app.events attach partition app.new_part for values in (1);
create table outside.asks (document integer references app.documents);
create table app.linked (id integer primary key, tenant_id uuid not null, document integer);
reset role;
create foreign table app.far (id integer) server lint_unguarded;
alter schema renamed rename to renamed_away;
create publication lint_unguarded for table app.documents;
create policy everybody on app.articles using (true);
alter extension pg_tenancy drop event trigger tenancy_guard_drops;
\i include/guards_on.sql
drop event trigger tenancy_guard_drops;

\set mine 'code ~ ''^(governed|registry|event_trigger|tenant_column_renamed|policy_|row_security|trigger_|rule_on|publication|reference_from)'''
\x
select code, severity, regexp_replace(object, '\d{5,}', '…') as object, finding, regexp_replace(remedy, '\d{5,}', '…') as remedy from tenancy.lint() where :mine;
\x
-- an event trigger is made again as it was
create event trigger tenancy_guard_drops on sql_drop execute function tenancy.guard_drops();
alter event trigger tenancy_guard_drops enable always;
alter extension pg_tenancy add event trigger tenancy_guard_drops;
drop foreign table app.far;
\set ECHO none
select remedy from tenancy.lint() where :mine \gexec
\set ECHO all
select code, object, remedy from tenancy.lint() where :mine;
select remedy from tenancy.lint() where object = 'table app.linked' and code = 'table_unprotected' \gexec
select code, object, remedy from tenancy.lint() where :mine;

-- and what was mended holds
insert into app.new_part values (1, :acme);
grant select on app.new_part, app.paper, app.drafts to app;
insert into app.paper values (1, :acme), (2, :globex);
insert into app.drafts values (50, :globex, 'x');
set role app;
begin;
call app.act_as('ann');
select * from app.paper;
select count(*) from app.drafts;
commit;
begin;
call app.act_as('gus');
select count(*) from app.new_part;
commit;
reset role;
drop foreign data wrapper lint_unguarded cascade;
