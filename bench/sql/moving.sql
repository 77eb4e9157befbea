-- Two tenants with twenty below the first of them, who refer to rows of their own and of the tenant above; and {others} rows of the
-- other tenants, which have nothing to do with it.
insert into tenancy.tenants (name, allows_subtenants) values ('Here', true), ('There', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) select 'Top', id, true from tenancy.tenants where name = 'Here';
insert into tenancy.tenants (name, parent_id) select 'Below ' || n, t.id from generate_series(1, 20) n, tenancy.tenants t where t.name = 'Top';
create schema firm;
create table firm.customers (id bigint primary key, tenant_id uuid not null references tenancy.tenants, name text not null);
create table firm.orders (
  id bigint primary key,
  tenant_id uuid not null references tenancy.tenants,
  customer_id bigint not null references firm.customers,
  note text not null
);
insert into firm.customers select n, t.id, 'Customer ' || n from generate_series(1, {others} / 10) n join bench.tenant t on t.nth = n % 1000;
insert into firm.orders
select n, c.tenant_id, c.id, 'note ' || n
from generate_series(1::bigint, {others}) n join firm.customers c on c.id = 1 + (n - 1) % ({others} / 10);
-- half of the orders belong to customers of the tenant above
insert into firm.customers
select -row_number() over (), id, name from tenancy.tenants where name = 'Top' or name like 'Below %';
insert into firm.orders
select -row_number() over (), t.id, c.id, 'note'
from tenancy.tenants t, generate_series(1, 100) n, firm.customers c
where t.name like 'Below %' and c.name = case when n % 2 = 0 then 'Top' else t.name end;
create index customers_tenant on firm.customers (tenant_id);
create index orders_tenant on firm.orders (tenant_id);
create index orders_customer on firm.orders (customer_id);
