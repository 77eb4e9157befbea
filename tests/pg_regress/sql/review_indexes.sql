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
