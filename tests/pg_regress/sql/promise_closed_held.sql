-- What a transaction remembers of the rows that it refers to ends with its own change of them.
\i include/world.sql
set role owner;
create table app.shelves (name text primary key, tenant_id uuid not null);
create table app.books (id integer primary key, tenant_id uuid not null, shelf text references app.shelves);
create table app.loans (id integer primary key, tenant_id uuid not null, shelf text references app.shelves deferrable initially deferred);
reset role;
do $$ begin
  perform tenancy.protect('app.shelves', 'required');
  perform tenancy.protect('app.books', 'required');
  perform tenancy.protect('app.loans', 'required');
end $$;
grant all on app.shelves, app.books, app.loans to app;

\c - app
\set ECHO queries
-- moved and referred to again
begin;
call app.act_as('mia');
insert into app.shelves values ('top', :east);
insert into app.books values (1, :east, 'top'), (2, :east, 'top');
delete from app.books;
update app.shelves set tenant_id = :west;
insert into app.books values (3, :east, 'top');
rollback;

-- the same in one statement
begin;
call app.act_as('mia');
insert into app.shelves values ('top', :east);
insert into app.books values (1, :east, 'top');
with moved as (update app.shelves set tenant_id = :west returning name)
  insert into app.books select 2, :east, name from moved;
rollback;

-- deleted, and its name given to another tenant's row
begin;
call app.act_as('mia');
insert into app.shelves values ('top', :east);
insert into app.books values (1, :east, 'top');
delete from app.books;
delete from app.shelves;
insert into app.books values (2, :east, 'top');
rollback;
begin;
call app.act_as('mia');
insert into app.shelves values ('top', :east);
insert into app.loans values (1, :east, 'top');
set constraints all immediate;
set constraints all deferred;
delete from app.shelves;
insert into app.shelves values ('top', :west);
insert into app.loans values (2, :east, 'top');
commit;

-- a name is another where only its letters' size differs, and where it is long
begin;
call app.act_as('mia');
insert into app.shelves values ('top', :east), ('TOP', :west), (repeat('long', 500), :east), (repeat('long', 500) || '!', :west);
insert into app.books values (1, :east, 'top'), (2, :west, 'TOP'), (3, :east, repeat('long', 500)), (4, :west, repeat('long', 500) || '!');
savepoint s;
insert into app.books values (5, :east, 'TOP');
rollback to s;
insert into app.books values (5, :east, repeat('long', 500) || '!');
rollback;

-- a rolled back savepoint takes its rows along
begin;
call app.act_as('mia');
savepoint s;
insert into app.shelves values ('top', :east);
insert into app.books values (1, :east, 'top');
rollback to s;
insert into app.books values (1, :east, 'top');
rollback;

-- a change in a mode in which nothing is checked
\c - postgres
begin;
insert into app.shelves values ('top', :east);
insert into app.books values (1, :east, 'top');
delete from app.books;
do $$ begin perform tenancy.set_mode('off'); end $$;
update app.shelves set tenant_id = :west;
do $$ begin perform tenancy.set_mode('enforce'); end $$;
insert into app.books values (2, :east, 'top');
rollback;
