-- Promise 2, untouchable: reading and writing are set apart, either may be the wider one.
\i include/world.sql
\c - app

-- aud reads all tenants of the hierarchy and writes none
begin;
call app.act_as('aud');
select tenancy.readable_tenants(), tenancy.writable_tenants();
select id from app.documents order by id;
update app.documents set title = 'x' returning id;
delete from app.documents returning id;
savepoint here;
insert into app.documents (id, tenant_id, title) values (10, :acme, 'acme 10');
rollback to here;
insert into app.documents (id, title) values (10, 'acme 10');
rollback to here;
insert into app.documents values (1, :acme, 'acme 1') on conflict (id) do update set title = 'x';
rollback to here;
insert into app.documents values (1, :acme, 'acme 1') on conflict (id) do nothing;
rollback;

-- ona reads the tenants above and writes the own
begin;
call app.act_as('ona');
select id from app.documents order by id;
update app.documents set title = title || '!' returning id;
insert into app.documents (id, title) values (10, 'east 10') returning tenant_id = :east;
savepoint here;
insert into app.documents (id, tenant_id, title) values (11, :acme, 'acme 11');
rollback to here;
update app.documents set tenant_id = :acme where id = 3;
rollback to here;
-- readable, not to be written: seen in the way, and left alone
insert into app.documents values (1, :east, 'east 1') on conflict (id) do update set title = 'x';
rollback;

-- pol reads the own tenant and writes the tenants below: into the letter box, not out of it
begin;
call app.act_as('pol');
select tenancy.readable_tenants() = array[:acme::uuid] as reads_own, cardinality(tenancy.writable_tenants()) as writes;
insert into app.documents (id, tenant_id, title) values (10, :east, 'east 10');
savepoint here;
insert into app.documents (id, tenant_id, title) values (11, :east, 'east 11') returning id;
rollback to here;
insert into app.documents (id, title) values (11, 'whose?');
rollback to here;
insert into app.documents (id, tenant_id, title) values (11, :globex, 'globex 11');
rollback to here;
select id from app.documents order by id;
update app.documents set title = title || '!' where id in (3, 10) returning id;
delete from app.documents where tenant_id = :east returning id;
update app.documents set tenant_id = :east where id = 1;
rollback to here;
insert into app.documents values (3, :east, 'east 3') on conflict (id) do nothing;
rollback to here;
insert into app.documents values (3, :east, 'east 3') on conflict (id) do update set title = 'x';
rollback;
-- a statement that reads nothing needs no right to read: it writes what may be written
begin;
call app.act_as('pol');
update app.documents set title = 'blind';
delete from app.documents;
rollback;

-- mia writes all tenants below, and names them
begin;
call app.act_as('mia');
insert into app.documents (id, tenant_id, title) values (10, :west, 'west 10') returning id;
update app.documents set tenant_id = :west where id = 3 returning id, tenant_id = :west as moved;
savepoint here;
update app.documents set tenant_id = :globex where id = 3;
rollback to here;
insert into app.documents (id, title) values (11, 'whose?');
rollback;

-- pia reads everything, writes the provider's own
begin;
call app.act_as('pia');
update app.documents set title = title || '!' returning id;
delete from app.documents where tenant_id = :globex returning id;
insert into app.documents (id, title) values (10, 'provider 10') returning tenant_id = :provider;
insert into app.documents (id, tenant_id, title) values (11, :globex, 'globex 11');
rollback;

-- ada writes everything
begin;
call app.act_as('ada');
update app.documents set title = title || '!' returning id;
update app.documents set tenant_id = :globex where id = 1 returning id;
savepoint here;
insert into app.documents (id, title) values (10, 'whose?');
rollback to here;
insert into app.documents (id, tenant_id, title) values (10, :nowhere, 'nowhere');
rollback;

-- several roles: their union; one of them by name: that one
\c - postgres
insert into tenancy.user_roles select md5('ann')::uuid, id from tenancy.roles where name in ('auditor', 'poster');
\c - app
begin;
call app.act_as('ann');
select cardinality(tenancy.readable_tenants()), cardinality(tenancy.writable_tenants());
rollback;
begin;
call app.act_as('ann', 'auditor');
select cardinality(tenancy.readable_tenants()), cardinality(tenancy.writable_tenants());
rollback;
begin;
call app.act_as('ann', 'worker');
select cardinality(tenancy.readable_tenants()), cardinality(tenancy.writable_tenants());
rollback;
begin; call app.act_as('ann', 'boss'); rollback;
begin; call app.act_as('ann', 'no such role'); rollback;
