-- One transaction, one identity: also where a rollback to a savepoint brings the session's own context back.
\i include/world.sql
\c - app
call app.act_as('gus', for_session => true);
begin;
savepoint here;
call app.act_as('ann');
rollback to here;
select count(*) from app.documents;
savepoint here;
call app.act_as('ann');
rollback to here;
call app.act_as('gus');
rollback;
begin;
savepoint here;
call app.act_as('ann');
rollback to here;
call app.act_as('ann');
select count(*) from app.documents;
rollback;

-- Who may write the rows of all tenants still leaves public rows alone, where a column is NOT NULL for some rows only.
\c - postgres
insert into tenancy.roles (name, read_access) values ('everywhere', 'all');
insert into tenancy.user_roles select md5('gus')::uuid, id from tenancy.roles where name = 'everywhere';
set role owner;
create table app.notes (id integer, tenant_id uuid);
create table app.memos () inherits (app.notes);
grant all on app.notes to public;
select tenancy.protect('app.notes', 'optional', create_index => 'never');
reset role;
insert into app.memos values (1, null);
select current_setting('server_version_num')::integer >= 180000 as validity \gset
\if :validity
alter table app.notes add constraint named not null tenant_id no inherit;
\else
alter table only app.notes alter tenant_id set not null;
\endif
\c - app
call app.act_as('gus', 'everywhere', true);
delete from app.notes returning *;
update app.notes set tenant_id = :globex returning *;

-- A partition that is detached takes along what checks its references at commit.
\c - postgres
set role owner;
create table app.parents (id integer primary key, tenant_id uuid not null);
create table app.children (id integer, parent integer references app.parents deferrable initially deferred, tenant_id uuid not null)
  partition by list (id);
create table app.child_1 partition of app.children for values in (1);
create table app.child_2 partition of app.children for values in (2);
select tenancy.protect('app.parents', 'required', create_index => 'never'),
  tenancy.protect('app.children', 'required', create_index => 'never');
alter table app.children detach partition app.child_1;
alter table app.children detach partition app.child_2;
reset role;
insert into app.parents values (1, :acme);
insert into app.child_1 values (1, 1, :globex);
insert into app.child_2 values (2, 1, :globex);
