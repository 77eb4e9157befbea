-- Tables that are not protected and refer to a tenant's rows: the dry run says what the deletion says.
\i include/world.sql
create table app.orders (id integer primary key, tenant_id uuid, number text unique);
create table app.stays (id integer primary key, order_id integer references app.orders, other_id integer references app.orders on delete restrict);
create table app.set_null (id integer primary key, order_id integer references app.orders on delete set null);
create table app.goes (id integer primary key, order_id integer references app.orders on delete cascade, number text references app.orders (number) on delete cascade);
create table app.goes_too (id integer primary key, goes_id integer references app.goes on delete cascade, above integer references app.goes_too on delete cascade);
create table app.keeps (id integer primary key, goes_id integer references app.goes);
create table app.of_others (id integer primary key, order_id integer references app.orders);
alter table app.of_others owner to owner;
insert into tenancy.referring_owners (relation, owner) values ('app.orders', 'owner');
select tenancy.protect('app.orders', 'required', create_index => 'never');
insert into app.orders values (1, :globex, 'a'), (2, :globex, 'b'), (3, :globex, 'c'), (4, :acme, 'd');
insert into app.stays values (1, 1, null), (2, 1, 2), (3, 4, 4), (4, null, null);
insert into app.set_null values (1, 1);
insert into app.goes values (1, 1, 'b'), (2, 2, null), (3, 4, 'd');
insert into app.goes_too values (1, 1, null), (2, 1, 1), (3, 3, null);
insert into app.keeps values (1, 2), (2, 3);
insert into app.of_others values (1, 3), (2, 4);
update tenancy.tenants set status = 'inactive' where id = :globex;
select tenancy.delete_tenant(:globex, dry_run => true);
select tenancy.delete_tenant(:globex);
delete from app.stays where id < 3;
delete from app.of_others where id = 1;
select tenancy.delete_tenant(:globex, dry_run => true);
select tenancy.delete_tenant(:globex);
delete from app.keeps where id = 1;
select * from tenancy.delete_tenant(:globex, dry_run => true) where relation::text ~ 'app.(orders|goes|keeps|set)';
begin;
select * from tenancy.delete_tenant(:globex, array['app.orders'::regclass], dry_run => true);
select * from tenancy.delete_tenant(:globex, array['app.orders'::regclass]);
select 'goes', id from app.goes union all select 'goes_too', id from app.goes_too union all select 'keeps', id from app.keeps
  union all select 'set_null', order_id from app.set_null order by 1, 2;
rollback;
