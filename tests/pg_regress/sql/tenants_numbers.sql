-- Numbers that are given by hand, ahead of those that are drawn: the latter step over them, and leave room for more.
\c - postgres
insert into tenancy.tenants (name, number) values ('provider', 1000000);
insert into tenancy.tenants (name, number) select 'given ' || n, n from generate_series(1, 5) n;
insert into tenancy.tenants (name, number) values ('given 7', 7), ('largest', 9223372036854775807), ('below zero', -7);
insert into tenancy.tenants (name) values ('drawn 1'), ('drawn 2');
insert into tenancy.tenants (name, number) values ('as if it were left out', null);
insert into tenancy.tenants (name, number) values ('default', default) returning number;
select name, number from tenancy.tenants where kind = 'tenant' order by number;
-- one that is taken is refused to those who give it, and changes nothing for those who give none
insert into tenancy.tenants (name, number) values ('taken', 100000);
insert into tenancy.tenants (name) values ('after') returning number;
-- the next ones of the application are free; thousands in a row are behind at once
insert into tenancy.tenants (name, number) select 'many ' || n, n from generate_series(8, 3000) n;
insert into tenancy.tenants (name, number) select 'more ' || n, n from generate_series(100005, 102000) n;
insert into tenancy.tenants (name) values ('after many') returning number;
-- a number stays
update tenancy.tenants set number = 77 where name = 'after';
-- an archive's tenant keeps its number; where the tenant is new it gets another
begin;
insert into tenancy.tenants (name, number) values ('leaving', 500000);
create temporary table archive (line bigint generated always as identity primary key, content text);
insert into archive (content) select tenancy.export_tenant(id) from tenancy.tenants where name = 'leaving';
update tenancy.tenants set status = 'inactive' where name = 'leaving';
select count(*) > 0 as gone from tenancy.tenants t, tenancy.delete_tenant(t.id) where t.name = 'leaving';
insert into tenancy.tenants (name, number) values ('next', 300002);
select count(*) > 0 as there from tenancy.import_tenant('archive');
insert into tenancy.tenants (name) values ('after the archive');
select name, number from tenancy.tenants where number > 102000 and kind = 'tenant' order by number;
rollback;
