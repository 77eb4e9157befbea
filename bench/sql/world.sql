-- The tenants, and tables of a shop with rows of all tenants mixed by time. {schema} is filled in: `ours` will be protected,
-- `plain` has the same tables, foreign keys and indexes without tenancy; competitors' policies stand on it.
create schema {schema};
create table {schema}.customers (id bigint primary key, tenant_id uuid not null references tenancy.tenants, region integer not null, name text not null);
create table {schema}.products (id bigint primary key, tenant_id uuid references tenancy.tenants, title text not null);
create table {schema}.orders (
  id bigint primary key,
  tenant_id uuid not null,
  customer_id bigint not null,
  product_id bigint not null,
  created_at timestamptz not null,
  amount bigint not null,
  status integer not null,
  note text not null
);
create table {schema}.payments (id bigint primary key, tenant_id uuid not null, order_id bigint not null, amount bigint not null);
create table {schema}.events (id bigint not null, tenant_id uuid not null, at timestamptz not null, value bigint not null)
  partition by hash (tenant_id);
select format('create table {schema}.events_%s partition of {schema}.events for values with (modulus 8, remainder %s)', n, n)
from generate_series(0, 7) n \gexec

insert into {schema}.customers
select n, t.id, n % 20, 'Customer ' || n from generate_series(1, {rows} / 10) n join bench.tenant t on t.nth = n % 1000;
-- a fifth of the products is public
insert into {schema}.products
select n, case when n % 5 > 0 then t.id end, 'Product ' || n from generate_series(1, {rows} / 100) n join bench.tenant t on t.nth = n / 5 % 1000;
-- an order's customer and product are its tenant's, or the product is public
insert into {schema}.orders
select n, t.id, 1 + (n - 1) % ({rows} / 10), 5 * (1 + n % ({rows} / 500)), timestamptz '2026-01-01' + n * interval '1 second',
  n * 7919 % 1000, n % 5, 'note ' || n
from generate_series(1::bigint, {rows}) n join bench.tenant t on t.nth = n % 1000 order by n;
insert into {schema}.payments
select n, t.id, n, n * 7919 % 1000 from generate_series(1::bigint, {rows} / 2) n join bench.tenant t on t.nth = n % 1000 order by n;
insert into {schema}.events
select n, t.id, timestamptz '2026-01-01' + n * interval '1 second', n % 1000
from generate_series(1::bigint, {rows} / 2) n join bench.tenant t on t.nth = n % 1000 order by n;

alter table {schema}.orders
  add constraint orders_tenant_id_fkey foreign key (tenant_id) references tenancy.tenants,
  add constraint orders_customer_id_fkey foreign key (customer_id) references {schema}.customers,
  add constraint orders_product_id_fkey foreign key (product_id) references {schema}.products;
alter table {schema}.payments
  add constraint payments_tenant_id_fkey foreign key (tenant_id) references tenancy.tenants,
  add constraint payments_order_id_fkey foreign key (order_id) references {schema}.orders;
alter table {schema}.events add constraint events_tenant_id_fkey foreign key (tenant_id) references tenancy.tenants;
create index customers_tenant on {schema}.customers (tenant_id);
create index products_tenant on {schema}.products (tenant_id);
create index orders_tenant_time on {schema}.orders (tenant_id, created_at, id);
create index orders_time on {schema}.orders (created_at, id);
create index orders_customer on {schema}.orders (customer_id);
create index orders_product on {schema}.orders (product_id);
create index payments_tenant on {schema}.payments (tenant_id);
create index payments_order on {schema}.payments (order_id);
create index events_tenant_time on {schema}.events (tenant_id, at);

create view {schema}.order_list with (security_invoker) as
select o.id, o.tenant_id, o.created_at, o.amount, c.name as customer, c.tenant_id as customer_tenant_id
from {schema}.orders o join {schema}.customers c on c.id = o.customer_id;
