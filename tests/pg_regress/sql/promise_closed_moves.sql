-- Promise 3, referentially closed: it holds after rows, keys and subtrees have moved, and after what foreign keys do by themselves.
\i include/world.sql
set role owner;
create table app.files (id integer primary key, tenant_id uuid, name text, document_id integer references app.documents on update cascade);
select tenancy.protect('app.files', 'optional', create_index => 'never');
grant select, insert, update, delete on app.files to public;
reset role;
insert into app.files values (1, :acme, 'acme', 1), (2, :east, 'east', 1), (3, :east, 'east', 3), (4, :globex, 'globex', 5), (5, null, 'public', null);

-- A tenant moves: what its rows refer to has to be above it still.
update tenancy.tenants set parent_id = null where id = :east;
update tenancy.tenants set parent_id = :west where id = :east;
update tenancy.tenants set allows_subtenants = true where id = :west;
update tenancy.tenants set parent_id = :west where id = :east;
select array(select tenancy.supertenants(:east)) = array[:east, :west, :acme]::uuid[] as below_west;
update tenancy.tenants set parent_id = null where id = :west;
update tenancy.tenants set allows_subtenants = true where id = :globex;
update tenancy.tenants set parent_id = :globex where id = :west;
-- the whole tree may go along
update tenancy.tenants set parent_id = :globex where id = :acme;
-- then rows may refer further up
insert into app.files values (6, :east, 'east to globex', 5);
update tenancy.tenants set parent_id = null where id = :acme;
-- a row goes back and forth in the transaction
begin;
update tenancy.tenants set parent_id = null where id = :acme;
rollback;
delete from app.files where id = 6;
update tenancy.tenants set parent_id = null where id = :acme;
-- two tenants in one statement
update tenancy.tenants set parent_id = case id when :east then :acme else :globex end::uuid where id in (:east, :west);
select * from tenancy.violations();
-- an administrator without the rights of a superuser is told the same
\c - app
begin;
call app.act_as('ada');
update tenancy.tenants set parent_id = null where id = :east;
rollback;

-- A key is freed and taken.
\c - postgres
begin;
update app.documents set id = 10 where id = 1;
select id, document_id from app.files order by id;
update app.documents set id = 1 where id = 10;
commit;
-- by a row of another tenant, in one statement or in several, under a foreign key that is checked at once or at the end
with gone as (delete from app.documents where id = 5 returning id) insert into app.documents select id, :acme, 'acme takes 5' from gone;
with gone as (delete from app.documents where id = 5 returning id) insert into app.documents select id, :globex, 'globex again' from gone;
with gone as (delete from app.documents where id = 5 returning id) update app.documents set id = 5 from gone where documents.id = 2;
select id, title from app.documents where id = 5;
\c - owner
create table app.pages (id integer primary key, tenant_id uuid not null, document_id integer,
  constraint late foreign key (document_id) references app.documents deferrable initially deferred);
create table app.words (id integer primary key, tenant_id uuid not null, page_id integer,
  constraint maybe_late foreign key (page_id) references app.pages deferrable);
select tenancy.protect('app.pages', 'required', create_index => 'never');
select tenancy.protect('app.words', 'required', create_index => 'never');
grant select, insert, update, delete on app.pages, app.words to public;
\c - postgres
insert into app.pages values (1, :acme, 1), (2, :east, 2), (3, :globex, 6);
insert into app.words values (1, :acme, 1), (2, :east, 2), (3, :globex, 3);
begin;
delete from app.documents where id = 6;
insert into app.documents values (6, :acme, 'acme takes 6');
commit;
begin;
delete from app.documents where id = 6;
insert into app.documents values (6, :globex, 'globex takes 6 again');
commit;
begin;
update app.documents set id = 60 where id = 6;
update app.documents set id = 6 where id = 2;
update app.pages set document_id = null where id = 2;
commit;
begin;
set constraints app.maybe_late deferred;
delete from app.pages where id = 3;
insert into app.pages values (3, :acme, null);
commit;
begin;
delete from app.documents where id = 2;
commit;
begin;
delete from app.documents where id = 2;
insert into app.documents values (2, :acme, 'acme 2 again');
commit;
-- wrong for a while
begin;
update app.documents set tenant_id = :globex where id = 2;
update app.documents set tenant_id = :acme where id = 2;
commit;
begin;
update app.pages set tenant_id = :globex where id = 2;
update app.pages set tenant_id = :east where id = 2;
commit;
begin;
insert into app.pages values (4, :globex, 99);
insert into app.documents values (99, :acme, 'acme 99');
commit;
begin;
insert into app.pages values (4, :globex, 99);
insert into app.documents values (99, :acme, 'acme 99');
update app.documents set tenant_id = :globex where id = 99;
commit;
begin;
insert into app.pages values (5, :globex, 1);
set constraints all immediate;
rollback;
begin;
insert into app.pages values (5, :globex, 1);
delete from app.pages where id = 5;
commit;
-- the context at commit counts for nothing
\c - app
begin;
call app.act_as('gus');
insert into app.pages (id, document_id) values (5, 1);
select tenancy.leave();
commit;
begin;
call app.act_as('gus');
insert into app.pages (id, document_id) values (5, 98);
commit;
begin;
call app.act_as('gus');
insert into app.pages (id, document_id) values (5, 5);
commit;
-- a prepared transaction is checked when it is prepared
\c - postgres
begin;
insert into app.pages values (7, :globex, 1);
prepare transaction 'promise_closed_moves';

-- What foreign keys do by themselves.
\c - owner
create table app.groups (tenant_id uuid not null, id integer, primary key (tenant_id, id), unique (id));
create table app.members (id integer primary key, tenant_id uuid, group_id integer, group2_id integer, group3_id integer,
  constraint set_some foreign key (tenant_id, group2_id) references app.groups (tenant_id, id) on delete set null (group2_id),
  constraint cascading foreign key (tenant_id, group3_id) references app.groups (tenant_id, id) on delete cascade on update cascade);
select tenancy.protect('app.groups', 'required', create_index => 'never');
select tenancy.protect('app.members', 'optional', create_index => 'never');
grant select, insert, update, delete on app.groups, app.members to public;
\c - postgres
-- a guard refuses this one
alter event trigger tenancy_guard_ddl disable;
alter table app.members
  add constraint set_all foreign key (tenant_id, group_id) references app.groups (tenant_id, id) on delete set null on update set null;
alter event trigger tenancy_guard_ddl enable always;
insert into app.groups values (:globex, 1), (:globex, 2), (:globex, 3), (:acme, 4), (:acme, 5);
insert into app.members values (1, :globex, 1, null, null), (2, :globex, null, 2, null), (3, :globex, null, null, 3),
  (4, :acme, null, null, 4), (5, :acme, 5, null, null), (6, null, null, null, null);
\c - app
begin;
call app.act_as('gus');
savepoint here;
-- the tenant column is never emptied on the way
delete from app.groups where id = 1;
rollback to here;
delete from app.groups where id = 2;
delete from app.groups where id = 3;
select id, tenant_id = :globex as own, group_id, group2_id, group3_id from app.members order by id;
rollback;
-- nor filled with another tenant
begin;
call app.act_as('mia');
savepoint here;
update app.groups set tenant_id = :east where id = 4;
select id, tenant_id = :east as moved from app.members order by id;
rollback to here;
update app.groups set tenant_id = :east where id = 5;
rollback;
\c - postgres
update app.groups set tenant_id = :acme where id = 3;
select id, tenant_id = :acme as moved from app.members where id = 3;

-- cascades cross tenants: the tenant below loses what hung on a row of the tenant above
\c - owner
create table app.threads (id integer primary key, tenant_id uuid not null);
create table app.posts (id integer primary key, tenant_id uuid not null, thread_id integer references app.threads on delete cascade on update cascade);
select tenancy.protect('app.threads', 'required', create_index => 'never');
select tenancy.protect('app.posts', 'required', create_index => 'never');
grant select, insert, update, delete on app.threads, app.posts to public;
\c - postgres
insert into app.threads values (1, :acme), (2, :acme);
insert into app.posts values (1, :acme, 1), (2, :east, 1), (3, :east, 2);
\c - alice
update app.threads set id = 10 where id = 1;
select * from app.posts;
delete from app.threads where id = 2;
\c - postgres
select id, thread_id from app.posts order by id;

-- DEFAULT of the referring column
\c - owner
create table app.fallbacks (id integer primary key, tenant_id uuid not null, thread_id integer default 10 references app.threads on delete set default);
select tenancy.protect('app.fallbacks', 'required', create_index => 'never');
\c - postgres
insert into app.threads values (3, :globex), (4, :acme);
insert into app.fallbacks values (1, :globex, 3), (2, :acme, 4);
delete from app.threads where id = 4;
delete from app.threads where id = 3;
select id, thread_id from app.fallbacks order by id;

-- triggers of the application that change a row after the statement has written it
create function app.redirect() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() = 1 then update app.files set document_id = 5 where id = new.id; end if;
  return null;
end $$;
create trigger zzz after insert on app.files for each row execute function app.redirect();
insert into app.files values (20, :acme, 'acme', 1);
insert into app.files values (20, :acme, 'acme', null);
insert into app.files values (21, :globex, 'globex', null);
drop trigger zzz on app.files;
create function app.before() returns trigger language plpgsql as $$ begin new.document_id := 5; return new; end $$;
create trigger aaa before insert or update on app.files for each row execute function app.before();
insert into app.files values (22, :acme, 'acme', 1);
update app.files set name = 'x' where id = 1;
drop trigger aaa on app.files;
alter table app.files add tripled integer generated always as (id * 3) stored;
insert into app.files (id, tenant_id, document_id) values (23, :acme, 5);

select * from tenancy.violations();
