\i include/world.sql
-- A table of an application that knows nothing of tenants is brought under tenancy by its owner, who is no superuser.
\c - owner
create table app.customers (id integer generated always as identity primary key, name text not null);
create table app.orders (id integer generated always as identity primary key, customer_id integer references app.customers, note text);
insert into app.customers (name) select 'customer ' || n from generate_series(1, 4) n;
insert into app.orders (customer_id, note) select 1 + n % 4, 'order ' || n from generate_series(1, 8) n;

-- All rows go to the default tenant.
call tenancy.adopt('app.customers', 'required');
select c.id, t.name from app.customers c right join tenancy.tenants t on t.id = c.tenant_id where c.id is not null;
\c - postgres
select c.id, t.name from app.customers c join tenancy.tenants t on t.id = c.tenant_id order by 1;
\d app.customers
select relation, kind, tenant_column from tenancy.protected_tables where relation = 'app.customers'::regclass;
select * from tenancy.adoptions;

-- The order's tenant is its customer's.
update app.customers set tenant_id = :acme where id = 1;
update app.customers set tenant_id = :globex where id = 2;
\c - owner
call tenancy.adopt('app.orders', 'required', by_reference => 'orders_customer_id_fkey');
\c - postgres
select o.id, o.customer_id, t.name from app.orders o join tenancy.tenants t on t.id = o.tenant_id order by 1;
\d app.orders

-- Adopted, the tables keep the tenants apart.
grant select, insert on app.orders, app.customers to app;
\c - app
begin;
call app.act_as('ann');
select id, customer_id from app.orders order by 1;
insert into app.orders (customer_id) values (1);
insert into app.orders (customer_id) values (2);
rollback;
