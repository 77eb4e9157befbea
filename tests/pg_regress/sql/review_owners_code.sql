-- Names, casts, index conditions and check constraints are a table owner's: nothing of them runs with more rights than the owner's.
\i include/world.sql
create role review_owner login;
create schema review authorization review_owner;
grant execute on function tenancy.protect to review_owner;

\c - review_owner
-- names that look like a template's places, or that would end a comment or a statement
create table review."a
create role review_stranger; --" (id integer primary key, tenant_id uuid);
create table review.")); create role review_stranger; --" (id integer primary key, "{relation}" uuid, "public." uuid);
select tenancy.protect(c.oid::regclass, 'optional', a.attname, 'never')
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', '{relation}')
where c.relnamespace = 'review'::regnamespace and c.relkind = 'r';
select polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
from pg_policy where polrelid = 'review.")); create role review_stranger; --"'::regclass order by 1;
select rolname from pg_roles where rolname = 'review_stranger';

-- functions of the owner's tell who runs them
create table review.who (role name);
create function review.told() returns boolean language plpgsql immutable as $$
begin
  if current_user <> 'review_owner' then raise exception 'run as %', current_user; end if;
  return true;
end $$;
create type review.code as enum ('a', 'b');
create function review.to_json(review.code) returns json language plpgsql as $$
begin
  perform review.told();
  return '1';
end $$;
create cast (review.code as json) with function review.to_json(review.code);
create type review.pair as (id integer);
create function review.to_id(review.pair) returns integer language plpgsql immutable as $$
begin
  perform review.told();
  return ($1).id;
end $$;
create cast (review.pair as integer) with function review.to_id(review.pair) as implicit;

create table review.coded (code review.code primary key, tenant_id uuid);
insert into review.coded values ('a', null);
select tenancy.protect('review.coded', 'required');

create table review.parents (id integer primary key, tenant_id uuid, check (review.told()));
create index on review.parents (id) where review.told();
create table review.children (id integer primary key, parent review.pair references review.parents, tenant_id uuid,
  check (review.told()));
create index on review.children (id) where review.told();
select tenancy.protect('review.parents', 'required');
select tenancy.protect('review.children', 'optional');
-- by hand: an administrator fills in the tenants, and looks whether all is right; what the owner has written runs as him
\c - postgres
create table review.rolled (id integer primary key, tenant_id uuid, check (review.told()));
alter table review.rolled owner to review_owner;
\c - review_owner
insert into review.rolled values (1, null);
\c - postgres
update review.rolled set tenant_id = :acme;
select count(*) from review.rolled where row(id)::review.pair::integer = 1;
\c - review_owner
create table review.parts (id integer, tenant_id uuid, check (review.told())) partition by list (id);
create table review.part partition of review.parts for values in (1);
create index on review.parts (id) where review.told();
select tenancy.protect('review.parts', 'required');
create table review.part2 partition of review.parts for values in (2);
alter table review.children add parent2 integer references review.parents;

\c - app
select session_user;
\c - postgres
alter event trigger tenancy_guard_ddl disable;
alter table review.parents no force row level security;
alter table review.children no force row level security;
alter event trigger tenancy_guard_ddl enable always;
\c - review_owner
set constraint_exclusion = on;
insert into review.parents values (1, :acme), (2, :globex);
insert into review.children values (1, row(1), :acme, 1);
insert into review.children values (2, row(1), :globex, null);
update review.parents set tenant_id = :globex where id = 1;

\c - postgres
select * from tenancy.violations();

-- nor does it leave anything to whoever gave the command: no settings, nothing that runs when that commits
\c - review_owner
create table review.queue (id integer);
create function review.fires() returns trigger language plpgsql as $$
begin
  insert into review.who values (current_user);
  return null;
end $$;
create constraint trigger fires after insert on review.queue deferrable initially deferred for each row execute function review.fires();
create function review.leaves() returns void language plpgsql as $$
begin
  perform set_config('search_path', 'review', false), set_config('work_mem', '77MB', false);
  begin
    insert into review.queue values (1);
  exception when invalid_table_definition or insufficient_privilege then
    raise notice 'run as %: %', current_user, sqlerrm;
  end;
end $$;
create function review.is_called() returns boolean language plpgsql immutable as $$
begin
  if (current_setting('application_name'), current_user) = ('victim', 'review_owner') then perform review.leaves(); end if;
  return true;
end $$;
create table review.left (id integer primary key, tenant_id uuid);
create index on review.left (id) where review.is_called();
create table review.taken (id integer primary key);
create index on review.taken (id) where review.is_called();
insert into review.left values (1, null);
insert into review.taken values (1);
\c - postgres
set application_name = 'victim';
set client_min_messages = warning;
select tenancy.protect('review.left', 'optional', create_index => 'never');
select count(*) from tenancy.violations();
select from tenancy.refresh_statistics();
select answer from tenancy.explain_access('review.left', '{"id": 1}') where aspect = 'row';
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'review.left', 1);
insert into review.left values (2, :acme);
select * from review.who;
call tenancy.adopt('review.taken', 'required', create_index => 'never');
show search_path;
show work_mem; -- 4MB, as it was

-- DDL of the owner's code, while we look into his table, is followed like any other
\c - review_owner
create table review.events (id integer, tenant_id uuid not null) partition by list (id);
create table review.notes (id integer, tenant_id uuid not null, title text);
create table review.open (title text);
select tenancy.protect('review.events', 'required', create_index => 'never'), tenancy.protect('review.notes', 'required', create_index => 'never')
\g /dev/null
create function review.does(command text) returns void language plpgsql as $$
begin
  execute command;
exception when others then
  raise warning '%: %', command, sqlerrm;
end $$;
create function review.does_ddl(integer) returns boolean language plpgsql immutable as $$
begin
  if current_setting('review.armed', true) = 'yes' and to_regclass('review.events_1') is null then
    perform review.does('create table review.events_1 partition of review.events for values in (1)');
    perform review.does('create table review.events_2 (id integer, tenant_id uuid not null)');
    perform review.does('alter table review.events attach partition review.events_2 for values in (2)');
    perform review.does('alter table review.notes inherit review.open');
    perform review.does('alter table review.trap inherit review.open');
    perform review.does('alter table review.trap disable row level security');
  end if;
  return true;
end $$;
create table review.trap (id integer, tenant_id uuid not null, title text);
create index on review.trap (id) where review.does_ddl(1);
set review.armed = 'yes';
select tenancy.protect('review.trap', 'required', create_index => 'never');
select c.oid::regclass, c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
from pg_class c where c.relnamespace = 'review'::regnamespace and c.relname in ('events_1', 'events_2', 'notes', 'trap') order by 1;
select inhrelid::regclass from pg_inherits where inhparent = 'review.open'::regclass;

-- nor has it the rights of whoever acts: an administrator looks into the tables of all owners
\c - review_owner
create function review.tries(statement text) returns void language plpgsql as $$
declare
  answer text;
begin
  execute statement into answer;
  raise notice 'as %: % -> %', current_user, statement, coalesce(answer, 'nothing');
exception when others then
  raise notice 'as %: % -> %', current_user, statement, sqlerrm;
end $$;
create function review.tries_all(integer) returns boolean language plpgsql immutable as $$
begin
  if current_setting('application_name') = 'administrator' then
    perform set_config('application_name', 'looking', true);
    perform review.tries('select string_agg(title, '', '' order by id) from app.documents');
    perform review.tries('select count(*) from tenancy.users');
    perform review.tries('select tenancy.current_user_id()');
    perform review.tries('select array_length(tenancy.readable_tenants(), 1)');
    perform review.tries('select tenancy.set_mode(''off'')');
    perform review.tries('insert into tenancy.user_roles select md5(''gus'')::uuid, id from tenancy.roles where name = ''boss''');
    perform review.tries('update tenancy.roles set read_access = ''all'' where name = ''worker'' returning name');
    perform review.tries('insert into app.articles values (90, null, ''review'')');
    perform review.tries('select count(*) from tenancy.export_tenant(''a0000000-0000-0000-0000-000000000000'')');
  end if;
  return true;
end $$;
create table review.asked (id integer primary key, tenant_id uuid);
insert into review.asked values (1, null);
create table review.asking (id integer primary key, tenant_id uuid, asked integer references review.asked);
select tenancy.protect('review.asked', 'optional', create_index => 'never'),
  tenancy.protect('review.asking', 'optional', create_index => 'never') \g /dev/null
create index on review.asked (id) where review.tries_all(1);

\c - carol
set application_name = 'administrator';
select count(*) from tenancy.violations();
set application_name = 'administrator';
select from tenancy.refresh_statistics();
set application_name = 'administrator';
select * from tenancy.delete_tenant(:globex, '{review.asked}', dry_run => true);
set application_name = 'administrator';
select answer from tenancy.explain_access('review.asked', '{"id": 1}') where aspect = 'row';
select array_length(tenancy.readable_tenants(), 1), count(*) from app.documents;

-- nor in a parallel worker, which has the leader's context
set application_name = 'administrator';
select set_config(name, 'on', false) from pg_settings where name in ('debug_parallel_query', 'force_parallel_mode') \g /dev/null
select count(*) from tenancy.violations();
select array_length(tenancy.readable_tenants(), 1), count(*) from app.documents;
