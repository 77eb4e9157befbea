-- Indexes that serve several tenants, and those that do not.
\i include/world.sql

-- Several tenants: an index that begins with another column gives its rows in that column's order. It does not where
-- PostgreSQL looks the tenants up one after the other, which it does in such an index before 17.
\c - owner
create table app.orders (id integer primary key, tenant_id uuid not null, at integer not null);
\c - postgres
insert into app.orders select n, case n % 2 when 0 then :east else :west end::uuid, n from generate_series(1, 2000) n;
\c - owner
create index on app.orders (at, tenant_id);
select from tenancy.protect('app.orders', 'required', create_index => 'never');
analyze app.orders;
grant select on app.orders to public;
\c - app
call app.act_as('mia', for_session => true);
set enable_seqscan = off;
set enable_bitmapscan = off;
set enable_hashjoin = off;
set enable_nestloop = off;
select at from app.orders order by at limit 6;
select at from app.orders order by at desc limit 3;
select max(at) from app.orders;
select count(*) from app.orders a join app.orders b using (at);
-- where no order is of use, the tenants are looked up in the index
explain (costs off) select from app.orders where at = 5;
explain (costs off) select count(*) from app.orders;

-- an index of which only a bitmap is made
\c - owner
create table app.seen (tenant_id uuid not null, at integer);
create index on app.seen using brin (tenant_id) with (pages_per_range = 1);
\c - postgres
insert into app.seen select tenant_id, at from app.orders;
\c - owner
select from tenancy.protect('app.seen', 'required', create_index => 'never');
analyze app.seen;
grant select on app.seen to public;
\c - app
call app.act_as('mia', for_session => true);
set enable_seqscan = off;
explain (costs off) select count(*) from app.seen;
select count(*) from app.seen;

-- indexes that look up one value at a time, under a constraint and without one: for several tenants they are of no use, for one they are
\c - owner
create table app.places (id integer primary key, tenant_id uuid not null, at integer, exclude using hash (at with =));
create index on app.places using hash (tenant_id);
create table app.halls (tenant integer not null, seats int4range, exclude using gist (int4range(tenant, tenant, '[]') with =, seats with &&));
create index on app.halls using spgist (int4range(tenant, tenant, '[]'));
\c - postgres
insert into app.places select n, case n % 3 when 0 then :east when 1 then :west else :globex end::uuid, n from generate_series(1, 300) n;
insert into app.halls select t.number, int4range(n, n + 1) from tenancy.tenants t, generate_series(1, 50) n;
\c - owner
select from tenancy.protect('app.places', 'required', create_index => 'never');
select from tenancy.protect('app.halls', 'required', 'tenant', 'never');
analyze app.places, app.halls;
grant select on app.places, app.halls to public;
\c - app
set enable_seqscan = off;
call app.act_as('mia', for_session => true);
select count(*) from app.places;
select count(*) from app.places where at = 4;
select count(*) from app.places where at = 5;
select count(*) from app.halls where seats && '[1, 4)';
call app.act_as('eve', for_session => true);
explain (costs off) select count(*) from app.places;
select count(*) from app.places;
