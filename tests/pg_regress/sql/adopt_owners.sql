\i include/world.sql
-- A table that is adopted may have parts that somebody else owns, a superuser even: what its owner says a tenant is, and his
-- triggers, run with his rights, not with theirs.
create function app.asked(id integer) returns uuid language plpgsql as $$
begin
  raise notice 'row %: asked as %', id, current_user;
  return 'a0000000-0000-0000-0000-000000000000';
end $$;
create function app.fired() returns trigger language plpgsql as $$
begin
  raise notice 'row %: fired as %', new.id, current_user;
  return new;
end $$;
create table app.boxes (id integer, size integer, tenant_id uuid) partition by list (size);
create table app.boxes_1 partition of app.boxes for values in (1);
create table app.boxes_2 partition of app.boxes for values in (2);
create trigger fired before update on app.boxes for each row execute function app.fired();
create table app.crates (id integer, tenant_id uuid);
create table app.crates_1 () inherits (app.crates);
insert into app.boxes values (1, 1), (2, 2), (3, 2);
insert into app.crates values (1);
insert into app.crates_1 values (2);
alter table app.boxes owner to owner;
alter table app.boxes_1 owner to owner;
alter table app.crates owner to owner;

\c - owner
call tenancy.adopt('app.boxes', 'optional', tenant_expression => 'app.asked(boxes.id)', create_index => 'never');
call tenancy.adopt('app.crates', 'optional', tenant_expression => 'app.asked(crates.id)', create_index => 'never');
\c - postgres
select tableoid::regclass, id, tenant_id = :acme as acme from app.boxes order by id;
select tableoid::regclass, id, tenant_id = :acme as acme from app.crates order by id;

-- rows that others write while it goes on, also in a part that comes meanwhile
create table app.bags (id integer, size integer, tenant_id uuid) partition by list (size);
create table app.bags_1 partition of app.bags for values in (1);
insert into app.bags values (1, 1);
alter table app.bags owner to owner;
\c - owner
call tenancy.adopt('app.bags', 'optional', tenant_expression => $$case when id = 1 then 'd0000000-0000-0000-0000-000000000000' else app.asked(id) end$$);
\c - postgres
create table app.bags_2 partition of app.bags for values in (2);
insert into app.bags values (2, 1), (3, 2);

-- what is dropped is no longer being adopted
select relation from tenancy.adoptions;
drop table app.bags;
select relation from tenancy.adoptions;
