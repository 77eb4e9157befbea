-- Quotas on partitioned and inherited tables, with numbers as tenants, and for very many tenants in one transaction.
\i include/world.sql
create table app.logs (id integer, tenant_id bigint) partition by range (id);
create table app.logs_1 partition of app.logs for values from (1) to (100);
create table app.logs_2 (id integer, tenant_id bigint);
insert into app.logs_2 select n, 1010 from generate_series(100, 102) n;
insert into app.logs_2 select n, 1020 from generate_series(103, 104) n;
select tenancy.protect('app.logs', 'optional', create_index => 'never');
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.logs_1', 3);
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.logs', 3), (:globex, 'app.logs', 3);
insert into app.logs values (1, 1010), (2, null), (3, null), (4, null), (5, null), (6, 1011), (7, 1011), (8, 1011), (9, 1011);
-- a partition brings its rows
alter table app.logs attach partition app.logs_2 for values from (100) to (200);
delete from app.logs_1 where id = 1;
alter table app.logs attach partition app.logs_2 for values from (100) to (200);
insert into app.logs_1 values (1, 1010);
insert into app.logs_2 values (110, 1010);
-- from partition to partition nothing is added
update app.logs set id = 50 where id = 100;
-- public rows become the tenant's
update app.logs set tenant_id = 1010 where id = 2;
-- a partition takes its rows along
alter table app.logs detach partition app.logs_2;
insert into app.logs_1 select n, 1010 from generate_series(10, 11) n;
insert into app.logs_1 values (12, 1010);
-- a table of its own again, it has no quota
insert into app.logs_2 select n, 1010 from generate_series(120, 130) n;
drop table app.logs_1;
create table app.logs_3 partition of app.logs for values from (1) to (100);
insert into app.logs_3 select n, 1010 from generate_series(1, 3) n;
insert into app.logs_3 values (4, 1010);

-- inheritance
create table app.items (id integer, tenant_id uuid);
select tenancy.protect('app.items', 'optional', create_index => 'never');
insert into tenancy.quotas (tenant_id, relation, max_rows, action) values (:acme, 'app.items', 3, 'warn');
insert into app.items values (1, :acme);
create table app.special_items () inherits (app.items);
insert into app.special_items values (2, :acme), (3, :acme);
insert into app.special_items values (4, :acme);
alter table app.special_items no inherit app.items;
insert into app.items values (5, :acme);
insert into app.items values (6, :acme), (7, :acme);

-- more tenants than are locked one by one
insert into tenancy.tenants (name) select 'many ' || n from generate_series(1, 100) n;
insert into tenancy.quotas (tenant_id, relation, max_rows) select id, 'app.items', 2 from tenancy.tenants where name ~ 'many';
insert into app.items select n, id from tenancy.tenants, generate_series(1, 2) n where name ~ 'many';
delete from app.items i using tenancy.tenants t where t.id = i.tenant_id and name ~ 'many' and i.id = 1;
insert into app.items select 3, id from tenancy.tenants where name ~ 'many';
insert into app.items select 4, id from tenancy.tenants where name = 'many 42';
begin;
delete from app.items i using tenancy.tenants t where t.id = i.tenant_id and name = 'many 42' and i.id = 3;
insert into app.items select 4, id from tenancy.tenants where name in ('many 42', 'many 43');
commit;
select count(*) from app.items i join tenancy.tenants t on t.id = i.tenant_id where name ~ 'many';
-- nobody can be left over
drop table app.items, app.special_items, app.logs;
select count(*) from tenancy.quotas;
select count(*) from tenancy.quota_room;
