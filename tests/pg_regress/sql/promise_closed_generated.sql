-- Promise 3, referentially closed: a tenant column that is generated. Another expression gives rows other tenants, past all triggers.
-- (PostgreSQL 17 and later; earlier ones know no such command.)
\i include/world.sql
create table app.folders (id integer primary key, party uuid, other uuid, tenant_id uuid generated always as (party) stored);
create table app.files (id integer primary key, party uuid, other uuid, tenant_id uuid generated always as (party) stored, folder integer references app.folders);
select tenancy.protect('app.folders', 'required', create_index => 'never'), tenancy.protect('app.files', 'required', create_index => 'never') \g /dev/null
insert into app.folders values (1, :acme, :globex), (2, :globex, :globex);
insert into app.files values (1, :east, :acme, default, 1), (2, :globex, :globex, default, 2);
-- an ordinary change of what it is made of is looked at
update app.folders set party = :globex where id = 1;
update app.files set party = :globex where id = 1;
alter table app.folders alter column tenant_id set expression as (other);
alter table app.files alter column tenant_id set expression as ('b0000000-0000-0000-0000-000000000000'::uuid);
alter table app.files alter column tenant_id set expression as (other);
select count(*) from tenancy.violations();
