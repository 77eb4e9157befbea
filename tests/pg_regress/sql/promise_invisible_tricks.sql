-- Promise 1, invisible: settings, roles, search_path, objects named like ours, functions that look at rows in passing.
\i include/world.sql
-- as on many an older server: everybody may create things here
create schema playground;
grant create, usage on schema playground to public;
grant create, temporary on database :"DBNAME" to public;

\c - app
-- settings: the context cannot be given, only entered
set tenancy.context = 'user a';
set local tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker';
select set_config('tenancy.context', 'tenant b0000000-0000-0000-0000-000000000000 worker', false);
update pg_settings set setting = 'tenant b0000000-0000-0000-0000-000000000000 worker' where name = 'tenancy.context';
do $$ begin perform set_config('tenancy.context', 'nobody', true); end $$;
create function playground.f() returns void language sql set tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker' as 'select';
create function playground.g() returns text language plpgsql as $$ begin return (select string_agg(title, ',') from app.documents); end $$;
alter function playground.g() set tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker';
select playground.g();
alter role app set tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker';
alter role app in database :"DBNAME" set tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker';
alter system set tenancy.context = 'nobody';
alter database :"DBNAME" set tenancy.context = 'nobody';
set tenancy.anything = 'goes';
show tenancy.context;
select count(*) from pg_settings where name = 'tenancy.context';
select title from app.documents;

-- a placeholder set before the library is loaded falls away when it is
\c - app
set tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker';
select current_setting('tenancy.context', true);
select title from app.documents;
select current_setting('tenancy.context', true);
\c - app
begin;
set local tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 worker';
savepoint s;
select title from app.documents;
rollback to s;
select title from app.documents;
commit;
select title from app.documents;

-- RESET, DISCARD: never back to more than there was
\c - app
begin; call app.act_as('gus', for_session => true); commit;
select count(*) from app.documents;
reset tenancy.context;
reset all;
select count(*) from app.documents;
begin; call app.act_as('gus', for_session => true); commit;
discard all;
select count(*) from app.documents;
begin; call app.act_as('ann'); reset all; select count(*) from app.documents; commit;
select count(*) from app.documents;
begin; call app.act_as('gus', for_session => true); commit;
begin; call app.act_as('gus'); set local role none; reset all; select count(*) from app.documents; rollback;
select count(*) from app.documents;

-- roles
\c - app
set role postgres;
set role owner;
\set VERBOSITY sqlstate
set session authorization bob;
\set VERBOSITY verbose
set role none;
set local role bob;
\c - postgres
grant app to bob;
grant bob to alice;
\c - alice
set role bob;
select current_user, session_user, title from app.documents order by 3;
set role app;
select current_user, session_user, title from app.documents order by 3;
reset role;
\set VERBOSITY sqlstate
set session authorization bob;
\set VERBOSITY verbose
\c - postgres
revoke app from bob;
revoke bob from alice;

-- switching row security off is an error, not a way
\c - bob
set row_security = off;
select title from app.documents;
update app.documents set title = 'x';
copy app.documents to stdout;
select title from app.articles where tenant_id is null;
reset row_security;

-- operators, functions and tables in front of the real ones
create function playground.can_read(uuid) returns boolean language sql as 'select true';
create function playground.yes(uuid, uuid) returns boolean language sql immutable as 'select true';
create operator playground.= (leftarg = uuid, rightarg = uuid, function = playground.yes);
create function playground.current_setting(text) returns text language sql as 'select ''x''';
create table playground.tenants (like tenancy.tenants);
create temp table installation (id boolean, mode text);
insert into installation values (true, 'off');
create temp table users as select * from tenancy.users;
create temp table roles (like tenancy.roles);
create temp table protection (like tenancy.protection);
create temp table documents (id integer, tenant_id uuid, title text);
create schema tenancy;
set search_path = playground, pg_temp, app, tenancy, pg_catalog;
select title from app.documents order by id;
select title from app.documents where tenant_id = 'a0000000-0000-0000-0000-000000000000' order by id;
insert into app.documents (id, title) values (70, 'globex 70') returning tenant_id;
insert into app.documents (id, tenant_id, title) values (71, 'a0000000-0000-0000-0000-000000000000', 'acme 71');
update app.documents set tenant_id = 'a0000000-0000-0000-0000-000000000000';
select tenancy.can_read('a0000000-0000-0000-0000-000000000000'), tenancy.can_write('a0000000-0000-0000-0000-000000000000');
select count(*) from tenancy.tenant_tree('a0000000-0000-0000-0000-000000000000');
reset search_path;
drop table pg_temp.documents;

-- functions that look at every row that passes by, cheap so that they come first where they may
create function playground.peek(text) returns boolean language plpgsql cost 0.0000001
  as $$ begin raise notice 'saw %', $1; return true; end $$;
create function playground.peek_row(record) returns boolean language plpgsql cost 0.0000001
  as $$ begin raise notice 'saw %', $1; return true; end $$;
create function playground.peek_eq(text, text) returns boolean language plpgsql cost 0.0000001
  as $$ begin raise notice 'saw %', $1; return false; end $$;
create operator playground.=== (leftarg = text, rightarg = text, function = playground.peek_eq, restrict = eqsel, join = eqjoinsel);
alter function playground.peek(text) leakproof;
create function playground.sly(text) returns boolean language plpgsql leakproof as 'begin return true; end';
select count(*) from app.documents where playground.peek(title);
select count(*) from app.documents d where playground.peek_row(d);
select count(*) from app.documents where title operator(playground.===) 'x';
select count(*) from app.documents d join app.documents e on playground.peek(e.title) and d.id = e.id;
select count(*) from app.documents where case when playground.peek(title) then true end;
select count(*) from app.documents where 1 / (id - 1) > 0;
select count(*) from app.documents where title::integer > 0;
update app.documents set title = title where playground.peek(title);
delete from app.documents where playground.peek(title) and false;
select count(*) from app.articles where playground.peek(title);
-- in the condition of ON CONFLICT, on a row that is hidden and in the way
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where playground.peek(documents.title);
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where documents.title like 'z%';
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where case when playground.peek(documents.title) then false else true end;
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where exists (select from app.articles where playground.peek(documents.title));
with i as (insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where playground.peek(documents.title) returning *) select * from i;
insert into app.articles values (1, :globex, 'x') on conflict (id) do update set title = 'x' where playground.peek(articles.title);
insert into app.articles values (2, :globex, 'x') on conflict (id) do update set title = 'x' where playground.peek(articles.title);
insert into app.documents values (5, :globex, 'x') on conflict (id) do update set title = documents.title || '!' where playground.peek(documents.title) returning title;
-- the policies' own words in front, as if they stood there already
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where
  case when tenancy.can_read(documents.tenant_id) then
    case when tenancy.can_write(documents.tenant_id) then true else playground.peek(documents.title) end
  else playground.peek(documents.title) end;
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set title = 'x' where
  case when tenancy.can_write(documents.tenant_id) then
    case when tenancy.can_read(documents.tenant_id) then true else playground.peek(documents.title) end
  else playground.peek(documents.title) end;
prepare upsert (integer) as insert into app.documents values ($1, :globex, 'x') on conflict (id) do update set title = 'x' where playground.peek(documents.title);
execute upsert(2);
set plan_cache_mode = force_generic_plan;
execute upsert(2);
execute upsert(5);
reset plan_cache_mode;
prepare peeking as select count(*) from app.documents where playground.peek(title);
set plan_cache_mode = force_generic_plan;
execute peeking;
create view playground.peeping as select title from app.documents where playground.peek(title);
grant select on playground.peeping to public;

-- a view of another tenant's user on top: it runs the owner's function, on rows of the reader
\c - alice
select title from playground.peeping;

-- one may not change what protects: policies, functions, triggers, tables of ours
\c - bob
drop policy tenancy_select on app.documents;
alter table app.documents disable row level security;
alter table app.documents disable trigger all;
create policy mine on app.documents using (true);
create trigger mine before insert on app.documents for each row execute function suppress_redundant_updates_trigger();
create rule mine as on select to app.documents do instead select 1;
create table playground.child () inherits (app.documents);
create or replace function tenancy.can_read(uuid) returns boolean language sql as 'select true';
alter function tenancy.can_read(uuid) rename to can_not_read;
update tenancy.installation set mode = 'off';
update tenancy.users set db_role = 'bob';
delete from tenancy.protection;
drop extension pg_tenancy;
set session_replication_role = replica;

-- nor call what is not for everybody
select tenancy.enter(md5('ann')::uuid);
select tenancy.enter_tenant(:acme);
select tenancy.check_row();
select tenancy.name_tenant();
create temp table own (id integer, tenant_id uuid);
create trigger a before insert or update or delete on own for each row execute function tenancy.check_row();
create trigger b after insert or update or delete on own for each row execute function tenancy.check_row('deferred');
create trigger c before insert on own for each row execute function tenancy.name_tenant();
create trigger d after update on own for each statement execute function tenancy.check_row();
insert into own values (1, :acme);
update own set id = 2;
drop trigger a on own;
insert into own values (1, :acme);
update own set id = 2;
delete from own;
select tenancy.check_truncate();
select tenancy.follow_ddl();
select tenancy.set_mode('off');
select * from tenancy.violations();
select tenancy.release('app.documents');
select tenancy.protect('app.documents', 'untenanted');
select tenancy.set_reference_rule('app.documents', 'documents_tenant_id_fkey', true);

-- a placeholder that comes with the connection
\setenv PGOPTIONS '-c tenancy.context=tenant\\ b0000000-0000-0000-0000-000000000000\\ worker'
\c - app
select current_setting('tenancy.context', true);
select title from app.documents;
select tenancy.current_tenant();
select current_setting('tenancy.context', true);
