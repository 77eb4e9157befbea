-- Promise 4, fail closed: what is taken away counts from the next statement on, in transactions and sessions that are under way.
\i include/world.sql
set role owner;
create function app.seen() returns text language sql stable as
  $$ select coalesce((select string_agg(title, ', ' order by id) from app.documents), 'nothing') $$;
reset role;
-- a session of a superuser that steps in and out of the role of the application
begin;
set local role app;
call app.act_as('mia');
select app.seen();
-- the role changes
set local role postgres;
update tenancy.roles set read_access = 'home' where name = 'manager';
set local role app;
select app.seen(), tenancy.writable_tenants();
set local role postgres;
update tenancy.roles set write_access = 'none' where name = 'manager';
set local role app;
select app.seen(), tenancy.writable_tenants();
savepoint s;
insert into app.documents (id, title) values (10, 'new');
rollback to s;
-- and is taken away
set local role postgres;
delete from tenancy.user_roles where user_id = md5('mia')::uuid;
set local role app;
select app.seen(), tenancy.current_tenant(), tenancy.current_user_id();
rollback to s;
select app.seen();
set local role postgres;
update tenancy.users set login_enabled = false where id = md5('mia')::uuid;
set local role app;
select app.seen();
rollback to s;
select app.seen();
-- the tenant is deactivated, moves, is renamed
set local role postgres;
update tenancy.tenants set status = 'inactive' where id = :acme;
set local role app;
select app.seen(), tenancy.current_tenant();
rollback to s;
select app.seen();
rollback;

-- a tenant below is deactivated: its rows go out of sight for all but those who administer
begin;
update tenancy.tenants set status = 'inactive' where id = :east;
set local role app;
call app.act_as('mia');
select app.seen();
insert into app.documents (id, tenant_id, title) values (10, :east, 'east 10');
rollback;
begin;
update tenancy.tenants set status = 'inactive' where id = :east;
set local role app;
call app.act_as('pia');
select app.seen();
rollback;
begin;
update tenancy.tenants set status = 'inactive' where id = :east;
set local role app;
call app.act_as('ada');
select app.seen();
update app.documents set title = 'rescued' where id = 3 returning title;
rollback;
begin;
update tenancy.tenants set parent_id = null where id = :east;
set local role app;
call app.act_as('mia');
select app.seen();
rollback;
-- a tenant's numbers go with it
begin;
update tenancy.tenants set status = 'inactive' where id = :east;
set local role app;
call app.act_as('mia');
select tenancy.can_read_number(1011::bigint), tenancy.can_read_number(1012::bigint), tenancy.can_write_number(1011::bigint);
rollback;

-- a context for the session is asked again in every statement
\c - app
begin; call app.act_as('gus', for_session => true); commit;
select app.seen();
\! "$PSQL" -X -q -U postgres -c "update tenancy.tenants set status = 'inactive' where name = 'Globex'"
select app.seen(), tenancy.current_tenant();
insert into app.documents (id, title) values (10, 'new');
\! "$PSQL" -X -q -U postgres -c "update tenancy.tenants set status = 'active' where name = 'Globex'"
select app.seen();
begin;
select app.seen();
\! "$PSQL" -X -q -U postgres -c "delete from tenancy.user_roles"
select app.seen();
commit;

-- the extension is gone: the tables do not become open
\c - postgres
\set VERBOSITY terse
drop extension pg_tenancy;
drop extension pg_tenancy cascade;
\set VERBOSITY verbose
select relname, relrowsecurity, relforcerowsecurity from pg_class where relname in ('documents', 'articles') order by 1;
select polname from pg_policy;
\c - app
select * from app.documents;
insert into app.documents values (10, 'b0000000-0000-0000-0000-000000000000', 'x');
update app.documents set title = 'x';
delete from app.documents;
\c - owner
select * from app.documents;
\c - postgres
select count(*) from app.documents;
select nspname from pg_namespace where nspname = 'tenancy';
select tgname from pg_trigger where tgname like '%tenancy%';
select evtname from pg_event_trigger where evtname like 'tenancy%';
-- and come back under protection
create extension pg_tenancy;
select count(*) from tenancy.tenants;
select tenancy.protect('app.documents', 'required');
