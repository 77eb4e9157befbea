-- Quotas: how many rows, and how many users, a tenant may have.
\i include/world.sql
-- ann works for Acme, which has two documents; East, below Acme, has one
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.documents', 4);
\c - app
begin;
call app.act_as('ann');
select t.name, q.relation, q.max_rows, q.action, q.set_by from tenancy.quotas q join tenancy.tenants t on t.id = q.tenant_id;
insert into app.documents (id, title) values (11, 'third'), (12, 'fourth');
commit;
begin;
call app.act_as('ann');
insert into app.documents (id, title) values (13, 'fifth');
commit;
-- what counts is what is there at the end
begin;
call app.act_as('ann');
insert into app.documents (id, title) values (13, 'fifth');
delete from app.documents where id = 11;
commit;
-- savepoints: what was rolled back was neither added nor removed
begin;
call app.act_as('ann');
savepoint s;
insert into app.documents (id, title) select n, 'many' from generate_series(100, 150) n;
rollback to s;
savepoint t;
delete from app.documents where id = 12;
savepoint u;
insert into app.documents (id, title) values (14, 'sixth');
release u;
release t;
commit;
begin;
call app.act_as('ann');
insert into app.documents (id, title) values (15, 'seventh');
savepoint s;
delete from app.documents where id in (13, 14);
rollback to s;
commit;
-- neither becoming read-only nor the constraints' mode passes by
begin;
call app.act_as('ann');
insert into app.documents (id, title) values (15, 'seventh');
set transaction read only;
commit;
begin;
call app.act_as('ann');
delete from app.documents where id = 14;
insert into app.documents (id, title) values (15, 'seventh');
set transaction read only;
commit;
-- an administrator's rows count, COPY's too, and rows that come from another tenant
\c - postgres
select count(*) from app.documents where tenant_id = 'a0000000-0000-0000-0000-000000000000';
copy app.documents from stdin;
20	a0000000-0000-0000-0000-000000000000	copied
\.
update app.documents set tenant_id = :acme where id = 5;
begin;
update app.documents set tenant_id = :acme where id = 5;
update app.documents set tenant_id = :globex where id = 1;
commit;
-- fewer than there are: what is there stays, nothing can be added
update tenancy.quotas set max_rows = 2 where relation = 'app.documents'::regclass;
insert into app.documents values (21, :acme, 'no');
delete from app.documents where id = 2;
insert into app.documents values (21, :acme, 'still no');
delete from app.documents where id in (5, 12, 13);
insert into app.documents values (21, :acme, 'room again');
insert into app.documents values (22, :acme, 'no');
-- and more
update tenancy.quotas set max_rows = 100 where relation = 'app.documents'::regclass;
insert into app.documents select n, :acme, 'many' from generate_series(1001, 1098) n;
insert into app.documents values (22, :acme, 'no');
delete from app.documents where id > 1008;
insert into app.documents select n, :acme, 'many' from generate_series(1009, 1098) n;
insert into app.documents values (22, :acme, 'no');
truncate app.documents;
insert into app.documents select n, :acme, 'many' from generate_series(1001, 1100) n;
insert into app.documents values (22, :acme, 'no');
-- a transaction that sets a quota is not held to it
begin;
insert into app.documents values (22, :acme, 'one more');
update tenancy.quotas set max_rows = 50 where relation = 'app.documents'::regclass;
commit;
insert into app.documents values (23, :acme, 'no');
-- a session that may write the tenant's rows but not read them does not learn how many there are
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:east, 'app.documents', 0);
\c - app
begin;
call app.act_as('pol');
insert into app.documents values (23, 'ae000000-0000-0000-0000-000000000000', 'posted');
commit;
-- a tenant sees its own quotas and changes none
begin;
call app.act_as('eve');
select t.name, q.relation, q.max_rows from tenancy.quotas q join tenancy.tenants t on t.id = q.tenant_id;
savepoint s;
update tenancy.quotas set max_rows = 1000;
rollback to s;
insert into tenancy.quotas (tenant_id, relation, max_rows) values ('ae000000-0000-0000-0000-000000000000', null, 5);
rollback to s;
delete from tenancy.quotas;
rollback to s;
select * from tenancy.quota_room;
rollback to s;
lock table tenancy.quota_lock in row share mode;
rollback;
select count(*) from tenancy.quotas;
-- an administrator does
begin;
call app.act_as('ada');
update tenancy.quotas set max_rows = 1, set_by = null where max_rows = 0;
select count(*) from tenancy.quotas;
commit;
\c - postgres
select t.name, c.name as set_by, q.updated_at >= q.created_at
from tenancy.quotas q join tenancy.tenants t on t.id = q.tenant_id left join tenancy.contacts c on c.id = q.set_by order by 1;
delete from tenancy.users where id = md5('ada')::uuid;
select t.name, q.set_by from tenancy.quotas q join tenancy.tenants t on t.id = q.tenant_id order by 1;

-- a quota that warns
insert into tenancy.quotas (tenant_id, relation, max_rows, action) values (:globex, 'app.documents', 2, 'warn');
insert into app.documents values (31, :globex, 'one'), (32, :globex, 'two');
begin;
insert into app.documents values (33, :globex, 'three');
insert into app.documents values (34, :globex, 'four');
commit;
insert into app.documents values (35, :globex, 'five');
delete from app.documents where id in (31, 32, 33, 34);
insert into app.documents values (36, :globex, 'fits');
insert into app.documents values (37, :globex, 'third');
truncate app.documents;
insert into app.documents values (36, :globex, 'fits');
select event, tenant_id, user_id, detail from tenancy.activity where event = 'quota' order by id;

-- users: those who may log in
insert into tenancy.quotas (tenant_id, max_rows) values (:west, 2);
insert into tenancy.contacts (id, tenant_id, name, email)
select md5('w' || n)::uuid, :west, 'w' || n, n || '@west.example.org' from generate_series(1, 3) n;
insert into tenancy.users (id) values (md5('w1')::uuid);
insert into tenancy.users (id) values (md5('w2')::uuid);
insert into tenancy.users (id, login_enabled) values (md5('w2')::uuid, false);
update tenancy.users set login_enabled = true where id = md5('w2')::uuid;
update tenancy.users set login_enabled = id <> md5('w1')::uuid where tenant_id = :west;
update tenancy.contacts set tenant_id = :east where id = md5('w2')::uuid;
insert into tenancy.users (id) values (md5('w3')::uuid);
update tenancy.contacts set tenant_id = :west where id = md5('w2')::uuid;

-- what cannot be
create table app.plain (id integer);
create table app.everybodys (id integer);
select tenancy.protect('app.everybodys', 'untenanted');
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:west, 'app.plain', 2);
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:west, 'app.everybodys', 2);
\set VERBOSITY sqlstate
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:west, 'app.documents', -2);
insert into tenancy.quotas (tenant_id, relation, max_rows, action) values (:west, 'app.documents', 2, 'shout');
\set VERBOSITY verbose
insert into tenancy.quotas (tenant_id, max_rows) values (:west, 2);
update tenancy.quotas set tenant_id = :east where relation is null;
truncate tenancy.quotas;
-- in the mode warn quotas warn, in the mode off nothing counts, and afterwards it does again
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:provider, 'app.documents', 1);
insert into app.documents values (40, :provider, 'one');
select tenancy.set_mode('warn');
insert into app.documents values (41, :provider, 'two');
select tenancy.set_mode('off');
insert into app.documents values (42, :provider, 'three');
delete from app.documents where id in (40, 41, 42);
select tenancy.set_mode('enforce');
insert into app.documents values (40, :provider, 'one');
insert into app.documents values (41, :provider, 'two');
-- released, dropped, deleted: the quota goes, too
select tenancy.release('app.documents');
select count(*) from tenancy.quotas where relation is not null;
delete from tenancy.users where tenant_id = :west;
delete from tenancy.contacts where tenant_id = :west;
delete from tenancy.tenants where id = :west;
select count(*) from tenancy.quotas;
select count(*) from tenancy.quota_room;
begin;
insert into tenancy.contacts (id, tenant_id, name, email) values (md5('x')::uuid, :acme, 'x', 'x@example.org');
insert into tenancy.users (id) values (md5('x')::uuid);
drop extension pg_tenancy cascade;
commit;
