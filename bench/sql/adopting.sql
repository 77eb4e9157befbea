-- What an application without tenants has: {rows} orders, and which tenant each of its customers becomes.
create schema before;
create table before.customers (id bigint primary key, name text not null, tenant_id uuid not null);
insert into before.customers select n, 'Customer ' || n, t.id from generate_series(1, {rows} / 10) n join bench.tenant t on t.nth = n % 1000;
create table before.orders (id bigint, customer_id bigint not null, created_at timestamptz not null, amount bigint not null, note text not null);
insert into before.orders
select n, 1 + (n - 1) % ({rows} / 10), timestamptz '2026-01-01' + n * interval '1 second', n * 7919 % 1000, 'note ' || n
from generate_series(1::bigint, {rows}) n;

-- A new copy of the orders; where the tenant is filled in by hand, it has the column already.
create procedure bench.new_orders(refers boolean, with_column boolean) language plpgsql as $$
begin
  drop table if exists before.arrived;
  create table before.arrived (like before.orders);
  insert into before.arrived select * from before.orders;
  alter table before.arrived add primary key (id);
  if refers then
    alter table before.arrived add foreign key (customer_id) references before.customers;
  end if;
  if with_column then
    alter table before.arrived add column tenant_id uuid;
  end if;
  analyze before.arrived;
end
$$;
