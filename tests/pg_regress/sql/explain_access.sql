\i include/world.sql
-- Why a row is or is not visible or writable: to whom it happens, and to who administers.
create table app.plain (id integer primary key);
create table app.heap (tenant_id uuid, title text);
insert into app.plain values (1);
insert into app.heap values (:acme, 'without a key');
grant select on app.plain, app.heap to public;
set client_min_messages = warning;
select tenancy.protect('app.heap', 'required') \g /dev/null
reset client_min_messages;

-- Alice is Acme's worker: her own row, a public one; and one and the same for a row of Globex, of a subtenant, and for none
\c - alice
select * from tenancy.explain_access('app.documents', '{"id": 1}');
select * from tenancy.explain_access('app.articles', '{"id": 1}');
select * from tenancy.explain_access('app.documents', '{"id": 5}');
create temp table hidden as select * from tenancy.explain_access('app.documents', '{"id": 5}');
select * from hidden except select * from tenancy.explain_access('app.documents', '{"id": 3}');
select * from hidden except select * from tenancy.explain_access('app.documents', '{"id": 99}');
select * from tenancy.explain_access('app.documents', '{"id": 1}', md5('gus')::uuid);

-- what is no key
select * from tenancy.explain_access('app.documents', '{"title": "acme 1"}');
select * from tenancy.explain_access('app.documents', '{"id": 1, "title": "acme 1"}');
select * from tenancy.explain_access('app.documents', '[1]');
select * from tenancy.explain_access('app.documents', '{"id": "one"}');
select * from tenancy.explain_access('app.documents', null);
select aspect, answer from tenancy.explain_access('app.documents', '{"id": null}');
select * from tenancy.explain_access('app.plain', '{"id": 1}');
select * from tenancy.explain_access('app.heap', '{"ctid": "(0,1)"}');

-- the application: nobody, then for whom it enters, with the union of roles or one of them
\c - app
select * from tenancy.explain_access('app.documents', '{"id": 1}');
begin;
call app.act_as('mia');
select * from tenancy.explain_access('app.documents', '{"id": 3}');
commit;
begin;
call app.act_as('aud');
select * from tenancy.explain_access('app.documents', '{"id": 3}');
commit;
begin;
select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'poster') \g /dev/null
select * from tenancy.explain_access('app.documents', '{"id": 1}');
commit;
-- whom no name of another tenant is told in any mode
\c - postgres
select tenancy.set_mode('warn') \g /dev/null
revoke delete on app.documents from public;
\c - bob
select * from tenancy.explain_access('app.documents', '{"id": 1}');
\c - postgres
select tenancy.set_mode('enforce') \g /dev/null
grant delete on app.documents to public;

-- who administers: every row, also for others
select * from tenancy.explain_access('app.documents', '{"id": 5}');
select * from tenancy.explain_access('app.documents', '{"id": 5}', md5('ann')::uuid);
select * from tenancy.explain_access('app.documents', '{"id": 3}', md5('pol')::uuid);
select * from tenancy.explain_access('app.documents', '{"id": 99}', md5('ann')::uuid);
update tenancy.tenants set status = 'inactive' where name = 'East';
select * from tenancy.explain_access('app.documents', '{"id": 3}', md5('mia')::uuid);
select * from tenancy.explain_access('app.documents', '{"id": 3}', md5('ada')::uuid);
select * from tenancy.explain_access('app.documents', '{"id": 3}', md5('eve')::uuid);
select * from tenancy.explain_access('app.documents', '{"id": 3}', md5('nobody')::uuid);
select * from tenancy.explain_access('app.articles', '{"id": 1}', md5('pia')::uuid);
select aspect, answer, rule from tenancy.explain_access('app.articles', '{"id": 1}', md5('fay')::uuid) where aspect = 'update';
-- a role limited to modules
insert into tenancy.modules (id, name) values (md5('papers')::uuid, 'papers');
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.articles');
insert into tenancy.role_modules select id, md5('papers')::uuid from tenancy.roles where name = 'worker';
select * from tenancy.explain_access('app.documents', '{"id": 1}', md5('ann')::uuid);
select aspect, answer, rule from tenancy.explain_access('app.articles', '{"id": 2}', md5('ann')::uuid) where aspect = 'read';
-- to whom it happens: as far as own roles go, whatever the row is
\c - alice
select * from tenancy.explain_access('app.documents', '{"id": 1}');
select aspect, answer, rule from tenancy.explain_access('app.documents', '{"id": 5}') where aspect = 'row';
select aspect, answer, rule from tenancy.explain_access('app.articles', '{"id": 4}') where aspect in ('row', 'read');
\c - postgres
insert into tenancy.roles (name) values ('walker');
insert into tenancy.user_roles select md5('ann')::uuid, id from tenancy.roles where name = 'walker';
\c - alice
select aspect, answer, rule from tenancy.explain_access('app.documents', '{"id": 1}') where aspect in ('row', 'read');
select aspect, answer, rule from tenancy.explain_access('app.documents', '{"id": 5}') where aspect in ('row', 'read');
\c - postgres
delete from tenancy.user_roles using tenancy.roles r where role_id = r.id and r.name = 'walker';
delete from tenancy.role_modules;
set role owner;
create policy titled on app.documents as restrictive using (title <> 'acme 1');
reset role;
\c - carol
select * from tenancy.explain_access('app.documents', '{"id": 5}');
\c - alice
select * from tenancy.explain_access('app.documents', '{"id": 1}');
select * from tenancy.explain_access('app.documents', '{"id": 2}');

-- an owner's code runs with the owner's rights, not with those of who administers
\c - owner
create function app.tell() returns boolean language plpgsql as $$ begin raise notice 'as %', current_user; return true; end $$;
create domain app.number as integer check (app.tell());
create table app.told (id app.number primary key, tenant_id uuid);
set client_min_messages = warning;
select tenancy.protect('app.told', 'required') \g /dev/null
reset client_min_messages;
\c - postgres
select answer from tenancy.explain_access('app.told', '{"id": 1}') where aspect = 'read';

-- Of tables without tenants whoever administers learns no more than by his own query.
\c - postgres
create table app.keys (key text primary key);
insert into app.keys values ('guessed');
\c - carol
select aspect, answer, rule from tenancy.explain_access('app.keys', '{"key": "guessed"}') where aspect in ('row', 'read');
select aspect, answer, rule from tenancy.explain_access('pg_authid', '{"oid": 10}') where aspect in ('row', 'read');
select aspect, answer from tenancy.explain_access('app.plain', '{"id": 1}', md5('ann')::uuid) where aspect in ('row', 'read');
select * from tenancy.explain_access('app.keys', '{"key": "guessed"}', md5('ann')::uuid);
