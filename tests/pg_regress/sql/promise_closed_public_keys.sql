-- Promise 3, referentially closed: a public row refers to public rows only, also by a foreign key with the tenant in it, at which
-- PostgreSQL does not look where the tenant is NULL.
\i include/world.sql
\c - owner
create table app.cases (number integer primary key, tenant_id uuid, id integer, unique (tenant_id, id));
create table app.actions (id integer primary key, tenant_id uuid, case_id integer,
  constraint case_of_action foreign key (tenant_id, case_id) references app.cases (tenant_id, id) on delete cascade on update cascade);
select tenancy.protect('app.cases', 'optional', create_index => 'never'), tenancy.protect('app.actions', 'optional', create_index => 'never') \g /dev/null
grant select, insert, update, delete on app.cases, app.actions to app;
\c - postgres
insert into app.cases values (1, null, 1), (2, :acme, 2), (3, null, 3), (4, null, 3);

-- The referring row: whatever is no public row is refused in the same words, be it another tenant's or missing.
\c - app
begin;
call app.act_as('pia');
insert into app.actions values (1, null, 1), (2, null, null);
savepoint here;
insert into app.actions values (3, null, 2);
rollback to here;
insert into app.actions values (3, null, 9);
rollback to here;
update app.actions set case_id = 2 where id = 1;
rollback to here;
update app.actions set case_id = 2 where id = 2;
rollback to here;
-- what the HINT says
update app.actions set case_id = 3 where id = 2;
update app.actions set case_id = null where id = 2;
commit;
begin;
call app.act_as('ann');
insert into app.actions (id, case_id) values (4, 2);
savepoint here;
insert into app.actions (id, case_id) values (5, 1);
rollback;
-- for superusers, too; a row that becomes public
\c - postgres
insert into app.actions values (3, null, 2);
insert into app.actions values (4, :acme, 2);
update app.actions set tenant_id = null where id = 4;
delete from app.actions where id = 4;
-- What replication brings may come before the row that it refers to. What then does not come is listed.
set session_replication_role = replica;
insert into app.actions values (3, null, 2);
reset session_replication_role;
select * from tenancy.violations();
delete from app.actions where id = 3;

-- The row referred to: it does not go, get a tenant or another key while a public row refers to it, whatever the foreign key's action.
\c - app
begin;
call app.act_as('pia');
savepoint here;
delete from app.cases where id = 1;
rollback to here;
update app.cases set id = 5 where id = 1;
rollback to here;
update app.cases set tenant_id = tenancy.current_tenant() where id = 1;
rollback to here;
update app.cases set number = 11 where id = 1;
-- where another public row has the key, and where the referring row goes in the same statement, it may
update app.actions set case_id = 3 where id = 1;
delete from app.cases where number = 4;
savepoint here;
delete from app.cases where number = 3;
rollback to here;
with gone as (delete from app.actions where id = 1) delete from app.cases where number = 3;
rollback;
-- swapped in one statement
begin;
call app.act_as('pia');
insert into app.cases values (6, null, 6), (7, null, 7);
insert into app.actions values (6, null, 6);
update app.cases set id = 13 - id where number in (6, 7);
rollback;
\c - postgres
begin;
delete from app.cases where id = 1;
rollback;
set session_replication_role = replica;
delete from app.cases where id = 1;
reset session_replication_role;
-- a tenant's row goes by the foreign key's action, as always
begin;
insert into app.actions values (4, :acme, 2);
delete from app.cases where id = 2;
select count(*) from app.actions where id = 4;
rollback;

-- Deferred: what counts is the end of the transaction.
alter table app.actions alter constraint case_of_action deferrable initially deferred;
begin;
insert into app.actions values (5, null, 8);
insert into app.cases values (8, null, 8);
commit;
begin;
update app.cases set tenant_id = :acme where number = 8;
update app.actions set tenant_id = :acme where id = 5;
commit;
begin;
delete from app.cases where id = 1;
commit;
insert into app.actions values (3, null, 2);

-- Several further columns: where one of them is NULL, the row refers to nothing, as MATCH SIMPLE has it. MATCH FULL is PostgreSQL's.
\c - owner
create table app.pages (tenant_id uuid, book integer, page integer, unique (tenant_id, book, page));
create table app.marks (id integer, tenant_id uuid, book integer, page integer,
  foreign key (page, tenant_id, book) references app.pages (page, tenant_id, book));
create table app.whole (tenant_id uuid, book integer, page integer,
  foreign key (tenant_id, book, page) references app.pages (tenant_id, book, page) match full);
-- a public row refers to nothing where the other table has no public rows; the table itself; parts
create table app.own (id integer, tenant_id uuid not null, unique (tenant_id, id));
create table app.of_own (tenant_id uuid, own_id integer, foreign key (tenant_id, own_id) references app.own (tenant_id, id));
create table app.trees (id integer, tenant_id uuid, above integer, unique (tenant_id, id),
  foreign key (tenant_id, above) references app.trees (tenant_id, id)) partition by range (id);
alter table app.trees drop constraint trees_tenant_id_above_fkey;
create table app.trees_1 partition of app.trees for values from (1) to (10);
create table app.trees_2 partition of app.trees for values from (10) to (20);
alter table app.trees add foreign key (tenant_id, above) references app.trees (tenant_id, id);
select tenancy.protect(name::regclass, case name when 'app.own' then 'required' else 'optional' end, create_index => 'never')
from unnest('{app.pages,app.marks,app.whole,app.own,app.of_own,app.trees}'::text[]) name \g /dev/null
\c - postgres
insert into app.pages values (null, 1, 1), (:acme, 1, 2);
insert into app.marks values (1, null, 1, 1), (2, null, 1, null), (3, null, null, 2);
insert into app.marks values (4, null, 1, 2);
insert into app.whole values (null, 1, null);
insert into app.whole values (null, 1, 1);
insert into app.own values (1, :acme);
insert into app.of_own values (:acme, 1), (null, null);
insert into app.of_own values (null, 1);
insert into app.trees values (1, null, null), (2, null, 1), (11, null, 1), (3, :acme, null);
insert into app.trees values (4, null, 3);
insert into app.trees values (12, null, 3);
update app.trees set tenant_id = :acme where id = 1;
delete from app.trees_1 where id = 1;
delete from app.trees where id = 1 or above = 1;

-- Rows that are there already: in the mode warn they are noted, then listed, and no other table with such rows is accepted.
select tenancy.set_mode('warn') \g /dev/null
insert into app.actions values (3, null, 2);
insert into app.trees values (4, null, 3), (12, null, 3);
select * from tenancy.violations() where relation::text ~ 'app' order by relation::text, key::text;
delete from app.actions where id = 3;
delete from app.trees where above = 3;
select tenancy.set_mode('enforce') \g /dev/null
\c - owner
create table app.later (id integer primary key, tenant_id uuid, case_id integer, foreign key (tenant_id, case_id) references app.cases (tenant_id, id));
\c - postgres
insert into app.later values (1, null, 2), (2, null, 1), (3, null, null), (4, null, 99);
\c - owner
select tenancy.protect('app.later', 'optional', create_index => 'never');
create table app.added (id integer primary key, tenant_id uuid, case_id integer);
select tenancy.protect('app.added', 'optional', create_index => 'never') \g /dev/null
\c - postgres
insert into app.added values (1, null, 2);
\c - owner
alter table app.added add foreign key (tenant_id, case_id) references app.cases (tenant_id, id);

-- A part is not detached with public rows to which others refer: PostgreSQL looks for rows of tenants only.
\c - postgres
insert into app.trees values (1, null, null), (11, null, 1), (12, null, null);
\c - owner
alter table app.trees detach partition app.trees_1;
\c - postgres
update app.trees set above = null where id = 11;
\c - owner
alter table app.trees detach partition app.trees_1;
\c - postgres
select * from tenancy.violations();
