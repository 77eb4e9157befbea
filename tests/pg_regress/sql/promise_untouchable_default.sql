-- Promise 2, untouchable: the tenant of a new row is the one that may be written, or is named, or is refused.
\i include/world.sql
set role owner;
create table app.folders (id integer primary key, tenant_id uuid, title text);
create table app.files (id integer primary key, tenant_id uuid, folder_id integer references app.folders, other_id integer references app.folders, title text);
create table app.numbered (id integer primary key, tenant integer not null, title text);
create table app.lines (id integer primary key, tenant bigint, numbered_id integer references app.numbered, title text);
create table app.tags (id integer primary key, name text);
alter table app.files add tag_id integer references app.tags;
select tenancy.protect('app.folders', 'optional', create_index => 'never');
select tenancy.protect('app.files', 'required', create_index => 'never');
select tenancy.protect('app.numbered', 'required', 'tenant', create_index => 'never');
select tenancy.protect('app.lines', 'required', 'tenant', create_index => 'never');
select tenancy.protect('app.tags', 'untenanted');
grant select, insert, update, delete on all tables in schema app to public;
reset role;
insert into app.folders values (1, null, 'public'), (2, :acme, 'acme'), (3, :east, 'east'), (4, :globex, 'globex');
insert into app.numbered values (1, 1010, 'acme'), (2, 1011, 'east'), (3, 1020, 'globex');

\c - app
-- one tenant: filled in, by id or by number
begin;
call app.act_as('gus');
insert into app.files (id, title) values (1, 'globex 1') returning tenant_id = :globex;
insert into app.numbered (id, title) values (10, 'globex 10') returning tenant;
insert into app.lines (id, title) values (10, 'globex 10') returning tenant;
insert into app.lines (id, tenant, title) values (11, default, 'globex 11') returning tenant;
savepoint here;
insert into app.numbered (id, tenant, title) values (11, 1010, 'acme 11');
rollback to here;
insert into app.numbered (id, tenant, title) values (11, -5, 'nowhere 11');
rollback to here;
select title from app.numbered order by id;
update app.numbered set tenant = 1010;
rollback;

-- several: to be named
begin;
call app.act_as('mia');
savepoint here;
insert into app.files (id, title) values (1, 'whose?');
rollback to here;
insert into app.numbered (id, title) values (10, 'whose?');
rollback to here;
insert into app.numbered (id, tenant, title) values (10, 1012, 'west 10') returning tenant;
rollback;

-- all, and none
begin; call app.act_as('ada'); insert into app.files (id, title) values (1, 'whose?'); rollback;
begin; call app.act_as('aud'); insert into app.files (id, title) values (1, 'whose?'); rollback;
insert into app.files (id, title) values (1, 'whose?');
insert into app.lines (id, title) values (1, 'whose?');

-- by reference
\c - owner
select tenancy.set_reference_rule('app.files', 'files_folder_id_fkey', names_tenant => true);
select tenancy.set_reference_rule('app.lines', 'lines_numbered_id_fkey', names_tenant => true);
select tenancy.set_reference_rule('app.files', 'files_other_id_fkey', names_tenant => true);
select tenancy.set_reference_rule('app.files', 'files_tag_id_fkey', names_tenant => true);
select relation, constraint_name, names_tenant from tenancy.reference_rules order by 1, 2;
\c - app
begin;
call app.act_as('mia');
insert into app.files (id, folder_id, title) values (1, 2, 'acme 1') returning tenant_id = :acme;
insert into app.files (id, folder_id, title) values (2, 3, 'east 2') returning tenant_id = :east;
insert into app.files (id, folder_id, title) values (3, 3, 'a'), (4, 2, 'b') returning id, tenant_id;
insert into app.lines (id, numbered_id, title) values (1, 2, 'east 1') returning tenant;
-- given by name all the same
insert into app.files (id, tenant_id, folder_id, title) values (5, :east, 2, 'east 5 in acme 2') returning tenant_id = :east;
savepoint here;
-- nothing referred to, a public row, a row that is hidden, one that is missing
insert into app.files (id, title) values (6, 'whose?');
rollback to here;
insert into app.files (id, folder_id, title) values (6, 1, 'public');
rollback to here;
insert into app.files (id, folder_id, title) values (6, 4, 'in globex 4');
rollback to here;
insert into app.files (id, folder_id, title) values (6, 99, 'in 99');
rollback to here;
insert into app.lines (id, numbered_id, title) values (6, 3, 'in globex 3');
rollback to here;
insert into app.lines (id, numbered_id, title) values (6, 99, 'in 99');
rollback to here;
-- what stands for "by reference" is not a tenant
insert into app.files (id, tenant_id, title) values (6, '00000000-0000-0000-0000-000000000000', 'zero');
rollback to here;
insert into app.lines (id, tenant, title) values (6, 0, 'zero');
rollback to here;
update app.files set tenant_id = default where id = 1;
rollback to here;
update app.lines set tenant = default where id = 1;
rollback to here;
rollback;
-- nobody learns which rows there are, public ones included
insert into app.files (id, folder_id, title) values (6, 1, 'public');
insert into app.files (id, folder_id, title) values (6, 2, 'acme');
insert into app.files (id, folder_id, title) values (6, 99, 'missing');
-- a row named by a readable row of a tenant that is not to be written
begin;
call app.act_as('ona');
savepoint here;
insert into app.files (id, folder_id, title) values (1, 2, 'named by acme 2');
rollback to here;
insert into app.files (id, folder_id, title) values (1, 3, 'named by east 3') returning tenant_id = :east;
rollback to here;
insert into app.files (id, title) values (1, 'by default') returning tenant_id = :east;
rollback;
-- through ON CONFLICT, MERGE
begin;
call app.act_as('mia');
insert into app.files (id, folder_id, title) values (1, 3, 'east') on conflict (id) do nothing returning tenant_id = :east;
insert into app.files as f (id, folder_id, title) values (1, 2, 'east') on conflict (id) do update set title = 'again' returning tenant_id = :east, title;
merge into app.files f using (values (1), (2)) v (id) on f.id = v.id
  when matched then update set title = 'merged' when not matched then insert (id, folder_id, title) values (v.id, 2, 'acme by merge');
select id, tenant_id, title from app.files order by id;
rollback;
-- superusers name it or have it named
\c - postgres
insert into app.files (id, folder_id, title) values (1, 4, 'globex') returning tenant_id = :globex;
insert into app.files (id, title) values (2, 'whose?');
\c - owner
select tenancy.set_reference_rule('app.files', 'files_folder_id_fkey', names_tenant => false);
select tenancy.set_reference_rule('app.files', 'files_tag_id_fkey', names_tenant => true);
select tenancy.set_reference_rule('app.files', 'files_other_id_fkey', names_tenant => true);
\c - app
begin; call app.act_as('mia'); insert into app.files (id, folder_id, title) values (6, 2, 'whose?'); rollback;
begin; call app.act_as('mia'); insert into app.files (id, other_id, title) values (6, 2, 'acme') returning tenant_id = :acme; rollback;
