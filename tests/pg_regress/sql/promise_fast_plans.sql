-- Promise 5, as fast as by hand: the plans under tenancy are those of a hand-written WHERE tenant_id = …
\i include/world.sql
\set ECHO none
insert into tenancy.tenants (name) select 'Tenant ' || n from generate_series(1, 200) n;
set role owner;
create table app.events (id bigint primary key, tenant_id uuid not null, at integer not null, note text);
create table app.numbered (id bigint primary key, tenant integer not null, at integer not null);
create table app.catalogue (id bigint primary key, tenant_id uuid, title text);
create table app.parted (id bigint, tenant integer not null, at integer not null) partition by list (tenant);
create table app.parted_acme partition of app.parted for values in (1010);
create table app.parted_globex partition of app.parted for values in (1020);
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
insert into app.catalogue select row_number() over (), case when n > 1 then t.id end, 'x'
  from tenancy.tenants t, generate_series(1, 50) n;
insert into app.parted select row_number() over (), t.number, n from tenancy.tenants t, generate_series(1, 10) n;
analyze app.events, app.numbered, app.catalogue, app.parted;
\c - app
\set ECHO all
set max_parallel_workers_per_gather = 0;

-- one tenant
begin;
call app.act_as('gus');
explain (costs off) select * from app.events where id = 7;
explain (costs off) select * from app.events order by at desc limit 10;
explain (costs off) select count(*) from app.numbered;
explain (costs off) select * from app.catalogue where title = 'x';
explain (costs off) select count(*) from app.events e join app.catalogue c using (tenant_id) where e.id < 10;
explain (costs off) update app.events set note = 'y' where at = 3;
explain (costs off) delete from app.numbered;
explain (costs off) select * from app.parted where at = 3;
rollback;

-- several tenants
begin;
call app.act_as('mia');
explain (costs off) select count(*) from app.events;
explain (costs off) select count(*) from app.numbered;
explain (costs off) select * from app.events where id = 7;
explain (costs off) select count(*) from app.catalogue;
explain (costs off) select * from app.catalogue where title = 'x' limit 1;
rollback;

-- all tenants: the rows are not asked one by one
begin;
call app.act_as('ada');
explain (costs off) select count(*) from app.events;
explain (costs off) select count(*) from app.catalogue;
rollback;

-- nobody
explain (costs off) select count(*) from app.parted where at = 3;

-- estimates come from the statistics: within a factor of two of the truth
create function pg_temp.estimate(query text) returns bigint language plpgsql as $$
declare
  plan jsonb;
begin
  execute 'explain (format json) ' || query into plan;
  return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
end
$$;
begin; call app.act_as('gus'); select pg_temp.estimate('select * from app.events') between 50 and 200 as good; rollback;
begin; call app.act_as('mia'); select pg_temp.estimate('select * from app.events') between 150 and 600 as good; rollback;
begin; call app.act_as('ada'); select pg_temp.estimate('select * from app.events') between 10000 and 42000 as good; rollback;

-- a generic plan keeps the shape and serves another tenant
set plan_cache_mode = force_generic_plan;
prepare newest (integer) as select at from app.events where at <= $1 order by at desc limit 3;
begin; call app.act_as('gus'); explain (costs off) execute newest(50); execute newest(50); commit;
begin; call app.act_as('ann'); execute newest(20); commit;
select generic_plans, custom_plans from pg_prepared_statements where name = 'newest';
