-- Archives that a tenant has written by hand, imported by an administrator of the service provider: carol, who is ada.
\i include/world.sql
\i include/forged.sql
\set evil '''e1000000-0000-0000-0000-000000000000'''
set role owner;
create table app.kinds (id integer generated always as identity primary key, tenant_id uuid, name text);
create table app.things (id bigint primary key, tenant_id uuid not null, kind integer references app.kinds, note text,
  twice text generated always as (note || note) stored);
create table app.countries (code text primary key, name text);
select tenancy.protect('app.kinds', 'optional', create_index => 'never'), tenancy.protect('app.things', 'required', create_index => 'never'),
  tenancy.protect('app.countries', 'untenanted') \g /dev/null
reset role;
insert into app.kinds (tenant_id, name) values (null, 'public'), (:globex, 'globex');
insert into app.things (id, tenant_id, kind, note) values (1, :globex, 2, 'globex 1');
grant select, insert, update, delete on app.kinds, app.things, app.countries to public;
-- by hand: what the tenant has sent is loaded by somebody whom row security does not bind
create table app.rolled (id bigint primary key, tenant_id uuid not null, note text);
alter table app.rolled enable row level security, force row level security;
create policy tenant on app.rolled using (tenant_id = current_setting('app.tenant')::uuid);
insert into app.rolled values (1, :globex, 'globex 1');
insert into app.rolled select * from json_populate_recordset(null::app.rolled, '[{"id": 1, "tenant_id": "e1000000-0000-0000-0000-000000000000", "note": "overwritten"},
  {"id": 2, "tenant_id": "b0000000-0000-0000-0000-000000000000", "note": "globex 2"}]')
  on conflict (id) do update set note = excluded.note;
select * from app.rolled order by id;
\c - carol
-- one that is as it should be
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(100, :evil, ',"note":"own"')])) \g /dev/null
begin; select * from tenancy.import_tenant('app.archive'); select * from app.things order by id; rollback;

\echo === roles for users of others, and everybodys rows
select app.forge(array[app.tenant(:evil)], app.section('tenancy.user_roles', array[format('{"user_id":"%s","role":"boss"}', md5('pam')::uuid)], null)) \g /dev/null
select * from tenancy.import_tenant('app.archive');
begin; select * from tenancy.import_tenant('app.archive', on_conflict => 'skip');
select r.name from tenancy.user_roles u join tenancy.roles r on r.id = u.role_id where u.user_id = md5('pam')::uuid; rollback;
select * from tenancy.import_tenant('app.archive', :globex);
select app.forge(array[app.tenant(:evil)], app.section('app.countries', array['{"code":"xx", "name":"Evilland"}'], null)) \g /dev/null
select * from tenancy.import_tenant('app.archive');
-- tables that are no tenants' at all
select app.forge(array[app.tenant(:evil)], app.section('tenancy.roles', array['{"name":"evil", "read_access":"all"}'], null)) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('tenancy.quotas', array[format('{"tenant_id":"%s","max_rows":1}', :evil)])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('pg_catalog.pg_authid', array['{"rolname":"evil"}'], null, 'public')) \g /dev/null
select * from tenancy.import_tenant('app.archive');

\echo === tenants of others
select app.forge(array[app.tenant(:evil), app.tenant(:globex, '{"name":"Globex", "number": 1020}')],
  app.section('app.things', array[app.thing(1, :globex, ',"note":"overwritten"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive', on_conflict => 'replace');
select app.forge(array[app.tenant(:evil), app.tenant(:globex, jsonb_build_object('name', 'Globex', 'number', 1020, 'parent_id', :evil))],
  app.section('app.things', array[app.thing(1, :globex, ',"note":"overwritten"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive', on_conflict => 'replace');
select * from tenancy.import_tenant('app.archive', :acme, on_conflict => 'replace');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :globex, ',"note":"x"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.kinds', array['{"id":1, "tenant_id":null, "name":"evil"}'])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
-- rows that refer to others', and one with another's key
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(100, :evil, ',"kind":2')])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil, ',"note":"x"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive', on_conflict => 'replace');
select tenant_id, note from app.things;

\echo === lists of contents that no export has
select app.forge(array[app.tenant('{e1000000-0000-0000-0000-000000000000}')]) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant('xyz')]) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil), app.tenant(:evil)]) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil, '{"kind":"service_provider"}')]) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil, '{"status":"strange"}')]) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil)]),
  app.section('app.things', array[app.thing(2, :evil)])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil, ',"twice":"x"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
-- keys twice
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil, ',"id":2')])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil), app.thing(2, :evil, format(',"tenant_id":"%s"', :globex))])) \g /dev/null
select * from tenancy.import_tenant('app.archive');

\echo === values that are none
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(9223372036854775808, :evil)])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil, ',"note":"a\u0000b"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil, ',"note":"\ud83d"')])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
-- PostgreSQL's own max_stack_depth of 2048kB; a server whose ulimit -s is less than 3 MB has less
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(1, :evil, format(',"note":%s1%s', repeat('[', 100000), repeat(']', 100000)))])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
-- a name of a table that is too long to be one
select app.forge(array[app.tenant(:evil)], app.section('app.' || repeat('x', 70), array[app.thing(1, :evil)])) \g /dev/null
select * from tenancy.import_tenant('app.archive');
select app.forge(array[app.tenant(:evil)], app.section('app.things"; drop table app.things; --', array[app.thing(1, :evil)])) \g /dev/null
select * from tenancy.import_tenant('app.archive');

\echo === lines that the table does not number
create temp table odd (line bigint, content text);
select app.forge(array[app.tenant(:evil)], app.section('app.things', array[app.thing(100, :evil)])) \g /dev/null
insert into odd select line, content from app.archive order by line;
begin; select * from tenancy.import_tenant('odd'); rollback;
begin; update odd set line = null where line = 5; select * from tenancy.import_tenant('odd'); rollback;
begin; update odd set line = 4 where line > 4; select * from tenancy.import_tenant('odd'); rollback;
begin; update odd set line = 6 - line; select * from tenancy.import_tenant('odd'); rollback;

\echo === the last key of all leaves keys for the others
select app.forge(array[app.tenant(:evil, '{"number": 9223372036854775807}')],
  app.section('app.kinds', array[app.thing(2147483647, :evil), app.thing(1000, :evil)])) \g /dev/null
begin; select * from tenancy.import_tenant('app.archive', dry_run => true);
insert into app.kinds (tenant_id, name) values (:globex, 'next') returning id; rollback;
select * from tenancy.import_tenant('app.archive');
insert into app.kinds (tenant_id, name) values (:globex, 'next') returning id;
insert into tenancy.tenants (name) values ('Next') returning number < 10000 as near;

\echo === nothing of what was refused is left
\c - postgres
select count(*) from tenancy.tenants;
select relation, count(*) from tenancy.violations() group by 1;
