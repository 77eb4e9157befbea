-- A row that the transaction itself wrote is changed again: before its check, after it, and where another has taken its place.
\i include/world.sql
set role owner;
create table app.shelves (id integer primary key, tenant_id uuid not null, note text);
create table app.books (id integer primary key, tenant_id uuid not null, shelf integer references app.shelves, note text);
create table app.late_books (id integer primary key, tenant_id uuid not null, note text,
  shelf integer references app.shelves deferrable initially deferred);
create function app.touch() returns trigger language plpgsql as $$ begin
  execute format('update app.%I set note = ''touched'' where id = $1 and note is null', tg_table_name) using new.id;
  return null;
end $$;
reset role;
do $$ begin
  perform tenancy.protect(t::regclass, 'required') from unnest(array['app.shelves', 'app.books', 'app.late_books']) t;
end $$;
insert into app.shelves values (1, :east, ''), (2, :west, '');
\set ECHO queries
-- changed after its check
begin;
insert into app.books values (1, :east, 1);
update app.books set note = 'read';
update app.books set note = 'read again';
savepoint s;
update app.books set shelf = 2;
rollback to s;
update app.books set tenant_id = :west;
rollback to s;
update app.shelves set note = 'full' where id = 1;
update app.shelves set note = 'fuller' where id = 1;
update app.shelves set tenant_id = :west where id = 1;
rollback to s;
delete from app.books;
update app.shelves set tenant_id = :west where id = 1;
update app.shelves set note = 'moved' where id = 1;
insert into app.books values (2, :east, 1);
rollback;

-- changed before its check
create trigger "00_touch" after insert or update on app.books for each row execute function app.touch();
insert into app.books values (1, :east, 2);
insert into app.books values (1, :east, 1);
update app.books set shelf = 2, note = null;
select * from app.books;
-- where a row that was checked had its place
begin;
truncate app.books;
insert into app.books values (1, :east, 1, 'in');
select ctid from app.books;
truncate app.books;
savepoint s;
insert into app.books values (1, :east, 2);
rollback to s;
insert into app.books values (1, :east, 1, 'in');
select ctid from app.books;
rollback;

-- where the foreign key is checked at commit
begin;
insert into app.late_books values (1, :east, null, 1);
update app.late_books set note = 'read';
update app.late_books set shelf = 2;
update app.late_books set note = 'read again';
commit;
begin;
insert into app.late_books values (1, :east, null, 2);
update app.late_books set note = 'read';
update app.late_books set shelf = 1;
commit;
select * from app.late_books;

-- in a mode in which nothing is refused
begin;
select tenancy.set_mode('warn');
insert into app.books values (2, :east, 2, '');
update app.books set note = 'read' where id = 2;
delete from app.books where id = 2;
select tenancy.set_mode('enforce');
insert into app.books values (2, :east, 2, '');
rollback;
select relation, rule, key from tenancy.violations();
