-- Rows that COPY FREEZE writes are of this transaction, though PostgreSQL marks them as old: where they are changed before their
-- own check, the change is checked instead.
\i include/world.sql
\o /dev/null
set role owner;
create table app.shelves (id integer primary key, tenant_id uuid not null);
create table app.loans (id integer primary key, tenant_id uuid not null, shelf integer references app.shelves deferrable initially deferred,
  note text);
create table app.books (id integer primary key, tenant_id uuid not null, shelf integer references app.shelves, note text);
create function app.touch() returns trigger language plpgsql as $$
begin
  update app.books set note = 'touched' where id = new.id;
  return null;
end $$;
create trigger "!touch" after insert on app.books for each row execute function app.touch();
select tenancy.protect('app.shelves', 'required'), tenancy.protect('app.loans', 'required'), tenancy.protect('app.books', 'required');
reset role;
\o
insert into app.shelves values (1, :acme), (2, :globex);

-- by hand, a deferred trigger that looks at each row finds it as well
create table app.rolled (like app.loans);
create function app.check_rolled() returns trigger language plpgsql as $$
begin
  if exists (select from app.rolled l join app.shelves s on s.id = l.shelf and s.tenant_id <> l.tenant_id) then raise 'not your shelf'; end if;
  return null;
end $$;
create constraint trigger check_rolled after insert or update on app.rolled deferrable initially deferred
  for each row execute function app.check_rolled();
begin;
truncate app.rolled;
copy app.rolled (id, tenant_id, shelf) from stdin (freeze);
1	b0000000-0000-0000-0000-000000000000	1
\.
update app.rolled set note = 'again';
commit;

-- changed before the end of the transaction, by savepoints too, and not changed
begin;
truncate app.loans;
copy app.loans (id, tenant_id, shelf) from stdin (freeze);
1	b0000000-0000-0000-0000-000000000000	1
\.
update app.loans set note = 'again';
commit;
begin;
truncate app.loans;
copy app.loans (id, tenant_id, shelf) from stdin (freeze);
1	b0000000-0000-0000-0000-000000000000	1
\.
savepoint here;
update app.loans set note = 'again';
release here;
update app.loans set note = 'and again';
commit;
begin;
truncate app.loans;
copy app.loans (id, tenant_id, shelf) from stdin (freeze);
1	b0000000-0000-0000-0000-000000000000	1
\.
commit;

-- changed by a trigger, before our trigger for the row that was copied
begin;
truncate app.books;
copy app.books (id, tenant_id, shelf) from stdin (freeze);
1	b0000000-0000-0000-0000-000000000000	1
\.
commit;

-- what is referred to
begin;
truncate app.shelves, app.books, app.loans;
copy app.shelves from stdin (freeze);
1	a0000000-0000-0000-0000-000000000000
\.
insert into app.loans values (1, :acme, 1);
update app.shelves set tenant_id = :globex;
commit;

-- what may be
begin;
truncate app.shelves, app.books, app.loans;
copy app.shelves from stdin (freeze);
1	a0000000-0000-0000-0000-000000000000
\.
copy app.books (id, tenant_id, shelf) from stdin (freeze);
1	ae000000-0000-0000-0000-000000000000	1
\.
update app.books set tenant_id = :acme;
commit;
select * from tenancy.violations();
