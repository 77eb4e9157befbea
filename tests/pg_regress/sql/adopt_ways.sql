\i include/world.sql
-- The ways in which rows get their tenant, and what is refused.
\c - owner
create table app.machines (id integer primary key, site text, tenant_id uuid);
create table app.sites (site text primary key, owner_id uuid);
insert into app.sites values ('a', :acme), ('b', :globex), ('nobody', null), ('gone', 'dddddddd-0000-0000-0000-000000000000');
insert into app.machines select n, case when n % 2 = 0 then 'a' else 'b' end from generate_series(1, 6) n;
insert into app.machines values (7, 'a', :east), (8, 'nobody', null);

-- by an expression; rows that have a tenant keep it, rows without one go where assign_to says
call tenancy.adopt('app.machines', 'required', tenant_expression => $$(select owner_id from app.sites s where s.site = machines.site)$$, create_index => 'never');
\c - postgres
select m.id, t.name from app.machines m join tenancy.tenants t on t.id = m.tenant_id order by 1;
select tenancy.release('app.machines');
update app.machines set tenant_id = null;
insert into app.machines values (9, 'nobody', null);

-- without assign_to the rows must all get one, and the rows that do not are listed
\c - owner
call tenancy.adopt('app.machines', 'required', assign_to => null, tenant_expression => $$(select owner_id from app.sites s where s.site = machines.site)$$);
select tenant_column, by_default from tenancy.adoptions;
-- meanwhile, a row that the application writes gets one
insert into app.machines values (10, 'b') returning tenant_id = :globex as globex;
update app.machines set site = 'gone' where id = 8;
update app.machines set site = 'a' where id = 9;
call tenancy.adopt('app.machines', 'required', assign_to => null, tenant_expression => $$(select owner_id from app.sites s where s.site = machines.site)$$);
update app.machines set site = 'a', tenant_id = null where id = 8;
call tenancy.adopt('app.machines', 'required', assign_to => null, tenant_expression => $$(select owner_id from app.sites s where s.site = machines.site) -- a comment$$, create_index => 'concurrently');
\c - postgres
select m.id, m.site, t.name from app.machines m join tenancy.tenants t on t.id = m.tenant_id order by 1;

-- release() leaves nothing that the adoption brought but the column
\c - owner
create table app.labels (id integer primary key);
call tenancy.adopt('app.labels', 'required', tenant_expression => 'null');
\c - postgres
select tenancy.release('app.labels');
\d app.labels

-- public rows: optional, and nobody to assign them to
create table app.colours (id integer primary key, name text);
insert into app.colours values (1, 'red'), (2, 'blue');
call tenancy.adopt('app.colours', 'optional', assign_to => null);
select * from app.colours;
create table app.shades (id integer primary key, of text);
insert into app.shades values (1, 'acme'), (2, 'all');
call tenancy.adopt('app.shades', 'optional', assign_to => null, tenant_expression => $$case when of = 'acme' then 'a0000000-0000-0000-0000-000000000000' end$$);
select * from app.shades;

-- numbers
create table app.counters (id integer primary key, tenant integer);
insert into app.counters values (1, 1010), (2, null);
call tenancy.adopt('app.counters', 'required', 'tenant', assign_to => :globex);
select * from app.counters order by id;
create table app.meters (id integer primary key);
insert into app.meters values (1);
call tenancy.adopt('app.meters', 'required', 'tenant', tenant_type => 'bigint', assign_to => :globex);
select * from app.meters;
create table app.readings (id integer primary key, meter_id integer constraint meter references app.meters);
insert into app.readings values (1, 1);
call tenancy.adopt('app.readings', 'required', by_reference => 'meter');
call tenancy.adopt('app.readings', 'required', 'tenant', tenant_type => 'bigint', by_reference => 'meter');
select * from app.readings;

-- partitions, and inheritance children
create table app.events (id integer, day integer) partition by list (day);
create table app.events_1 partition of app.events for values in (1);
create table app.events_2 partition of app.events for values in (2);
insert into app.events values (1, 1), (2, 2), (3, 1);
call tenancy.adopt('app.events', 'required', tenant_expression => $$case when events.id = 1 then 'a0000000-0000-0000-0000-000000000000'::uuid end$$, assign_to => :globex);
select tableoid::regclass, id, tenant_id from app.events order by id;
create table app.animals (id integer);
create table app.dogs () inherits (app.animals);
insert into app.animals values (1);
insert into app.dogs values (2);
call tenancy.adopt('app.animals', 'required', assign_to => :globex, tenant_expression => 'null');
select tableoid::regclass, id, tenant_id from app.animals order by id;

-- inside a transaction everything is the transaction's
create table app.notes (id integer primary key);
insert into app.notes values (1);
begin;
call tenancy.adopt('app.notes', 'required', tenant_expression => 'null', assign_to => :globex);
select * from app.notes;
rollback;
select * from app.notes;
select count(*) from tenancy.adoptions;
call tenancy.adopt('app.notes', 'untenanted');
select relation, kind from tenancy.protected_tables where relation = 'app.notes'::regclass;

-- A table's owner, adopting, does nothing that it may not do: expressions and triggers run with its rights.
create table app.secrets (id integer);
create table app.traps (id integer primary key);
insert into app.traps values (1);
create function app.who() returns trigger language plpgsql as $$ begin raise notice '% as %', tg_op, current_user; return new; end $$;
create trigger who before update on app.traps for each row execute function app.who();
alter table app.traps owner to owner;
call tenancy.adopt('app.traps', 'required', tenant_expression => '(select null::uuid from app.secrets)');
-- what cannot be evaluated is refused before anything has happened to those who write
select count(*) from pg_attribute where attrelid = 'app.traps'::regclass and attname = 'tenant_id';
call tenancy.adopt('app.traps', 'required', tenant_expression => 'null');

-- what is refused
create table app.ids (id integer primary key);
create table app.refused (id integer primary key, other integer constraint other references app.ids, wrong text);
alter table app.refused owner to owner;
call tenancy.adopt(null, 'required');
call tenancy.adopt('app.refused', 'other');
call tenancy.adopt('app.refused', 'required', 'wrong');
call tenancy.adopt('app.refused', 'required', tenant_type => 'text');
call tenancy.adopt('app.refused', 'required', assign_to => :nowhere);
call tenancy.adopt('app.refused', 'required', by_reference => 'other');
call tenancy.adopt('app.refused', 'required', by_reference => 'missing');
call tenancy.adopt('app.refused', 'required', by_reference => 'other', tenant_expression => 'null');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'no_such_column');
call tenancy.adopt('app.refused', 'required', create_index => 'later');

-- an expression is one, whatever it tries
create table app.prey (id integer);
grant all on app.prey to owner;
call tenancy.adopt('app.refused', 'required', tenant_expression => '1); drop table app.prey; --');
call tenancy.adopt('app.refused', 'required', tenant_expression => E'null\n)::uuid; drop table app.prey; select (null');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'null) where false; drop table app.prey; update app.refused set tenant_id = (null');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'null; drop table app.prey');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'drop table app.prey');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'null from app.prey');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'null, null');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'null as tenant_id');
call tenancy.adopt('app.refused', 'required', tenant_expression => '/* null');
call tenancy.adopt('app.refused', 'required', tenant_expression => '');
call tenancy.adopt('app.refused', 'required', tenant_expression => '(with gone as (delete from app.prey returning id) select null::uuid from gone)');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'max(wrong)');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'first_value(wrong) over ()');
call tenancy.adopt('app.refused', 'required', tenant_expression => 'generate_series(1, 2)');
call tenancy.adopt('app.refused', 'required', tenant_expression => '(select null::uuid from generate_series(1, 2))', tenant_type => 'bigint');
call tenancy.adopt('app.refused', 'required', tenant_expression => '$1');
call tenancy.adopt('app.refused', 'required', tenant_expression => '$1', tenant_type => 'bigint');
call tenancy.adopt('app.refused', 'required', tenant_expression => '$2::text::uuid');
select to_regclass('app.prey'), array(select attname from pg_attribute where attrelid = 'app.refused'::regclass and attnum > 0) as columns,
  (select count(*) from tenancy.adoptions where relation = 'app.refused'::regclass) as adoptions;
call tenancy.adopt('app.meters', 'required');
call tenancy.adopt('app.events_1', 'required');
-- nobody whom it was not granted to, and owners only
\c - app
call tenancy.adopt('app.refused', 'required');
\c - postgres
grant execute on procedure tenancy.adopt to app;
\c - app
call tenancy.adopt('app.refused', 'required');
