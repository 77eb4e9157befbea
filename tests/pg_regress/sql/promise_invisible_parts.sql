-- Promise 1, invisible: partitions and inheritance children, whichever of them a query names, old and new ones.
\i include/world.sql
set role owner;
create table app.events (id integer, tenant_id uuid not null, day date not null, region text not null, what text)
  partition by range (day);
create table app.events_2024 partition of app.events for values from ('2024-01-01') to ('2025-01-01') partition by list (region);
create table app.events_2024_eu partition of app.events_2024 for values in ('eu');
create table app.events_2024_rest partition of app.events_2024 default;
create table app.events_2025 partition of app.events for values from ('2025-01-01') to ('2026-01-01');
insert into app.events values
  (1, :acme, '2024-05-01', 'eu', 'acme 1'), (2, :globex, '2024-05-01', 'eu', 'globex 2'), (3, :east, '2024-05-02', 'us', 'east 3'),
  (4, :globex, '2024-05-02', 'us', 'globex 4'), (5, :acme, '2025-05-01', 'eu', 'acme 5'), (6, :globex, '2025-05-01', 'us', 'globex 6');
create table app.vehicles (id integer, tenant_id uuid not null, plate text);
create table app.lorries (axles integer) inherits (app.vehicles);
create table app.tankers (litres integer) inherits (app.lorries);
insert into app.vehicles values (1, :acme, 'acme 1'), (2, :globex, 'globex 2');
insert into app.lorries values (3, :acme, 'acme 3', 2), (4, :globex, 'globex 4', 3);
insert into app.tankers values (5, :acme, 'acme 5', 2, 1000), (6, :globex, 'globex 6', 3, 2000);
grant select, insert, update, delete, truncate on all tables in schema app to public;
select tenancy.protect('app.events', 'required');
select tenancy.protect('app.vehicles', 'required', create_index => 'never');
select relname, relrowsecurity and relforcerowsecurity as protected, (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
from pg_class c where relnamespace = 'app'::regnamespace and relkind in ('r', 'p') order by 1;

\c - app
select * from app.events_2024_eu;
select * from app.tankers;
begin;
call app.act_as('gus');
select what from app.events order by id;
select what from app.events_2024 order by id;
select what from app.events_2024_eu order by id;
select what from app.events_2024_rest order by id;
select what from app.events_2025 order by id;
select plate from app.vehicles order by id;
select plate from only app.vehicles order by id;
select plate from app.lorries order by id;
select plate from only app.lorries order by id;
select plate from app.tankers order by id;
copy app.events_2024_eu to stdout;
copy (select plate from app.tankers) to stdout;

-- written directly
update app.events_2024_eu set what = upper(what) returning what;
update app.tankers set plate = upper(plate) returning plate;
savepoint here;
delete from app.events_2024_rest returning what;
delete from app.lorries returning plate;
rollback to here;
insert into app.events_2025 values (10, :acme, '2025-06-01', 'eu', 'for Acme');
rollback to here;
insert into app.tankers values (10, :acme, 'for Acme', 2, 3);
rollback to here;
update app.events_2025 set tenant_id = :acme;
rollback to here;
update app.events set tenant_id = :acme, day = '2025-02-02' where id = 2;
rollback to here;
update app.tankers set tenant_id = :acme;
rollback to here;
truncate app.events_2025;
rollback to here;
truncate app.events;
rollback to here;
truncate app.tankers;
rollback to here;
truncate only app.vehicles;
rollback to here;
-- a row that moves to another partition stays its tenant's
update app.events set day = '2025-07-01' where id = 2 returning tableoid::regclass, what;
insert into app.events_2025 (id, day, region, what) values (11, '2025-06-01', 'eu', 'by default') returning tenant_id;
insert into app.tankers (id, plate) values (11, 'by default') returning tenant_id;
rollback;

-- ON CONFLICT in a partitioned table, whose partitions have their columns in other places
\c - owner
create table app.slots (id integer, day date, tenant_id uuid not null, what text, primary key (id, day)) partition by range (day);
create table app.slots_early (what text, day date not null, id integer not null, tenant_id uuid not null, primary key (id, day));
alter table app.slots attach partition app.slots_early for values from ('2000-01-01') to ('2020-01-01');
create table app.slots_late partition of app.slots default;
insert into app.slots values (1, '2010-01-01', :acme, 'acme early'), (1, '2030-01-01', :acme, 'acme late');
select tenancy.protect('app.slots', 'required', create_index => 'never');
grant select, insert, update on app.slots, app.slots_early, app.slots_late to public;
create function app.peek(text) returns boolean language plpgsql as $$ begin raise notice 'saw %', $1; return true; end $$;
\c - bob
insert into app.slots values (1, '2010-01-01', :globex, 'x') on conflict (id, day) do update set what = 'x' where app.peek(slots.what);
insert into app.slots values (1, '2030-01-01', :globex, 'x') on conflict (id, day) do update set what = 'x' where app.peek(slots.what);
insert into app.slots_early (id, day, what) values (1, '2010-01-01', 'x') on conflict (id, day) do update set what = 'x' where app.peek(slots_early.what);
\c - alice
insert into app.slots values (1, '2010-01-01', :acme, 'x') on conflict (id, day) do update set what = 'x' where app.peek(slots.what);
\c - postgres
drop table app.slots;

-- new parts are protected at once, made by whom it may be
\c - owner
create table app.events_2026 partition of app.events for values from ('2026-01-01') to ('2027-01-01');
create table app.events_2027 (like app.events);
insert into app.events_2027 values
  (20, :acme, '2027-01-01', 'eu', 'acme 20'), (21, :globex, '2027-01-01', 'eu', 'globex 21');
alter table app.events attach partition app.events_2027 for values from ('2027-01-01') to ('2028-01-01');
create table app.events_2028 partition of app.events for values from ('2028-01-01') to ('2029-01-01') partition by list (region);
create table app.events_2028_eu partition of app.events_2028 for values in ('eu');
create table app.vans (doors integer) inherits (app.vehicles);
create table app.buses (id integer, tenant_id uuid not null, plate text, seats integer);
insert into app.buses values (30, :acme, 'acme 30', 50), (31, :globex, 'globex 31', 60);
alter table app.buses inherit app.vehicles;
create table app.minibuses () inherits (app.buses);
grant select, insert, update, delete, truncate on all tables in schema app to public;
select relname, relrowsecurity and relforcerowsecurity as protected,
  array(select tgname from pg_trigger t where t.tgrelid = c.oid and tgname like '%tenancy%' order by 1) as triggers,
  (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
from pg_class c where relnamespace = 'app'::regnamespace and relkind in ('r', 'p') order by 1;

-- a partitioned table with rows of its own comes in with all its partitions
create table app.archive (like app.events) partition by list (region);
create table app.archive_eu partition of app.archive for values in ('eu');
insert into app.archive values (40, :acme, '2030-01-01', 'eu', 'acme 40'), (41, :globex, '2030-01-01', 'eu', 'globex 41');
grant select, insert, update, delete on app.archive, app.archive_eu to public;
alter table app.events attach partition app.archive for values from ('2030-01-01') to ('2031-01-01');

-- rows without a tenant do not come in
create table app.bare (id integer, tenant_id uuid, day date not null, region text not null, what text);
insert into app.bare values (50, null, '2040-01-01', 'eu', 'nobody 50');
\set VERBOSITY sqlstate
alter table app.events attach partition app.bare for values from ('2040-01-01') to ('2041-01-01');
\set VERBOSITY verbose
create table app.strange (id integer, tenant_id uuid not null, day date not null, region text not null, what text);
insert into app.strange values (51, :nowhere, '2041-01-01', 'eu', 'nowhere 51');
alter table app.events attach partition app.strange for values from ('2041-01-01') to ('2042-01-01');
create table app.strange_bus (id integer, tenant_id uuid not null, plate text);
insert into app.strange_bus values (52, :nowhere, 'nowhere 52');
alter table app.strange_bus inherit app.vehicles;

\c - app
begin;
call app.act_as('gus');
select what, tableoid::regclass from app.events_2027 order by id;
select what, tableoid::regclass from app.archive order by id;
select what, tableoid::regclass from app.archive_eu order by id;
select plate from app.buses;
insert into app.events_2028_eu (id, day, region, what) values (12, '2028-06-01', 'eu', 'by default') returning tenant_id = :globex;
insert into app.minibuses (id, plate) values (12, 'by default') returning tenant_id = :globex;
insert into app.buses (id, plate) values (12, 'by default') returning tenant_id = :globex;
savepoint here;
insert into app.minibuses (id, tenant_id, plate) values (12, :acme, 'for Acme');
rollback to here;
insert into app.buses (id, tenant_id, plate) values (12, :acme, 'for Acme');
rollback to here;
insert into app.events_2027 (id, tenant_id, day, region) values (12, :acme, '2027-06-01', 'eu');
rollback to here;
insert into app.events_2027 (id, day, region) values (12, '2027-06-01', 'eu') returning tenant_id = :globex;
rollback;
-- integrity holds in the new parts, too, for superusers, too
\c - postgres
insert into app.minibuses (id, tenant_id, plate) values (12, :nowhere, 'nowhere');
insert into app.buses (id, tenant_id, plate) values (12, :nowhere, 'nowhere');
insert into app.events_2027 (id, tenant_id, day, region) values (12, :nowhere, '2027-06-01', 'eu');
insert into app.events_2027 (id, tenant_id, day, region) values (12, null, '2027-06-01', 'eu');

-- what is detached stays protected, partitions of it too
\c - owner
alter table app.events detach partition app.events_2027;
alter table app.events detach partition app.archive;
alter table app.events detach partition app.events_2025 concurrently;
alter table app.lorries no inherit app.vehicles;
select relation, kind, tenant_column, row_security from tenancy.protected_tables order by relation::text;
\c - app
select what from app.events_2027;
begin;
call app.act_as('gus');
select what from app.events_2027 order by id;
select what from app.archive order by id;
select what from app.archive_eu order by id;
select what from app.events_2025 order by id;
select plate from app.lorries order by id;
select plate from app.tankers order by id;
savepoint here;
insert into app.events_2027 values (60, :acme, '2027-06-01', 'eu', 'for Acme');
rollback to here;
insert into app.archive_eu values (60, :acme, '2030-06-01', 'eu', 'for Acme');
rollback to here;
update app.tankers set tenant_id = :acme;
rollback to here;
truncate app.events_2027;
rollback to here;
truncate app.archive;
rollback to here;
truncate app.lorries;
rollback to here;
insert into app.tankers (id, plate) values (61, 'by default') returning tenant_id = :globex;
commit;

-- and is attached again
\c - owner
alter table app.events attach partition app.events_2027 for values from ('2027-01-01') to ('2028-01-01');
alter table app.lorries inherit app.vehicles;
select relation, kind, tenant_column, row_security, parts from tenancy.protected_tables order by relation::text;
-- a table that is protected by itself comes in too; not with another column, which would change whose its rows are
create table app.own (id integer, who uuid, tenant_id uuid not null, plate text);
select tenancy.protect('app.own', 'optional', 'who', create_index => 'never');
alter table app.own inherit app.vehicles;
select polname, pg_get_expr(polqual, polrelid) from pg_policy where polrelid = 'app.own'::regclass order by 1;
select count(*) from tenancy.protected_tables where relation = 'app.own'::regclass;
create table app.alone (id integer, tenant_id uuid not null, plate text);
select tenancy.protect('app.alone', 'optional', create_index => 'never');
alter table app.alone inherit app.vehicles;
select count(*) from tenancy.protected_tables where relation = 'app.alone'::regclass;
drop table app.events_2027;
\c - app
begin; call app.act_as('gus'); select what from app.events order by id; select plate from app.vehicles order by id; commit;
