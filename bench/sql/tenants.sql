-- 1,000 tenants; bench.tenant numbers them from 0. Users of four reaches: one tenant, 20, 500, all.
insert into tenancy.tenants (name) select 'Tenant ' || n from generate_series(0, 999) n;
create table bench.tenant (nth integer primary key, id uuid not null unique);
insert into bench.tenant select substring(name from '\d+')::integer, id from tenancy.tenants where kind = 'tenant';
insert into tenancy.tenant_groups (name) values ('twenty'), ('many');
insert into tenancy.tenant_group_members (group_id, tenant_id)
select g.id, t.id from tenancy.tenant_groups g join bench.tenant t on t.nth % case g.name when 'twenty' then 50 else 2 end = 0
where g.name in ('twenty', 'many');
insert into tenancy.roles (name, read_access, read_group_id) select name, 'group', id from tenancy.tenant_groups where name in ('twenty', 'many');
insert into tenancy.roles (name, read_access) values ('everywhere', 'all');

insert into bench.membership select u, id from bench.tenant, unnest(array[1, 20, 500, 1000]) u
where case u when 1 then nth = 500 when 20 then nth % 50 = 0 when 500 then nth % 2 = 0 else true end;
analyze;
