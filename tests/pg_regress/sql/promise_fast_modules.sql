-- Promise 5, roles limited to modules: the plans are those of a hand-written WHERE as well, and other sessions' do not change.
\i include/world.sql
\set ECHO none
insert into tenancy.tenants (name) select 'Tenant ' || n from generate_series(1, 200) n;
set role owner;
create table app.events (id bigint primary key, tenant_id uuid not null, at integer not null, note text);
create table app.numbered (id bigint primary key, tenant integer not null, at integer not null);
create table app.catalogue (id bigint primary key, tenant_id uuid, title text);
create table app.parted (id bigint, tenant bigint not null, at integer not null) partition by list (tenant);
create table app.parted_acme partition of app.parted for values in (1010);
create table app.parted_rest partition of app.parted default;
\o /dev/null
select tenancy.protect('app.events', 'required'), tenancy.protect('app.numbered', 'required', 'tenant'),
  tenancy.protect('app.catalogue', 'optional'), tenancy.protect('app.parted', 'required', 'tenant');
\o
create index events_by_time on app.events (tenant_id, at);
grant select, insert, update, delete on app.events, app.numbered, app.catalogue, app.parted to app;
reset role;
\i include/no_autovacuum.sql
insert into app.events select row_number() over (), t.id, n, 'x' from tenancy.tenants t, generate_series(1, 100) n;
insert into app.numbered select row_number() over (), t.number, n from tenancy.tenants t, generate_series(1, 100) n;
insert into app.catalogue select row_number() over (), case when n > 1 then t.id end, 'x' from tenancy.tenants t, generate_series(1, 50) n;
insert into app.parted select row_number() over (), t.number, n from tenancy.tenants t, generate_series(1, 10) n;
analyze app.events, app.numbered, app.catalogue, app.parted;
insert into tenancy.modules (id, name) values (md5('m')::uuid, 'm');
insert into tenancy.module_tables select md5('m')::uuid, relation from tenancy.protection where relation::text ~ 'events|numbered|catalogue|parted';
insert into tenancy.roles (name, read_access, write_access, updates_public) values ('m one', 'home', 'same_as_read', false), ('m several', 'home_subtenants', 'same_as_read', false), ('m all', 'all', 'all', true);
insert into tenancy.role_modules select id, md5('m')::uuid from tenancy.roles where name ~ '^m (one|several|all)$';
\c - app
\set ECHO all
set max_parallel_workers_per_gather = 0;

-- one tenant
begin;
select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'm one') \g /dev/null
explain (costs off) select * from app.events order by at desc limit 10;
explain (costs off) select count(*) from app.numbered;
explain (costs off) select * from app.catalogue where title = 'x';
explain (costs off) select * from app.parted where at = 3;
explain (costs off) update app.events set note = 'y' where at = 3;
-- a table outside
explain (costs off) select * from app.documents;
rollback;
-- several
begin;
select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'm several') \g /dev/null
explain (costs off) select count(*) from app.events;
explain (costs off) select count(*) from app.numbered;
rollback;
-- all
begin;
select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'm all') \g /dev/null
explain (costs off) select count(*) from app.events;
explain (costs off) delete from app.catalogue;
rollback;
-- a parallel plan gives the same rows
begin;
select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'm several') \g /dev/null
set local max_parallel_workers_per_gather = 2;
set local parallel_setup_cost = 0;
set local parallel_tuple_cost = 0;
set local min_parallel_table_scan_size = 0;
set local parallel_leader_participation = off;
set local enable_indexscan = off;
set local enable_bitmapscan = off;
set local enable_indexonlyscan = off;
explain (costs off) select count(*) from app.events where note = 'x';
select count(*) from app.events where note = 'x';
rollback;
-- sessions whose roles are for all tables: as if there were no modules
begin;
call app.act_as('ann');
explain (costs off) select * from app.events order by at desc limit 10;
rollback;
begin;
call app.act_as('mia');
explain (costs off) select count(*) from app.events;
rollback;
