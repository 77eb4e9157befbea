-- Adding a tenant to a custom group adds its subtenants, removing removes them.
\c - postgres
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
create function app.g(text) returns uuid stable language sql as 'select id from tenancy.tenant_groups where name = $1';
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true), ('alone', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('de', app.t('provider'), true), ('fr', app.t('provider'), true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('by', app.t('de'), true), ('be', app.t('de'), true);
insert into tenancy.tenants (name, parent_id) values ('muc', app.t('by'));
insert into tenancy.tenant_groups (name) values ('g1'), ('g2');
create view app.members as
select g.name "group", t.name member, w.name added_with
from tenancy.tenant_group_members m
join tenancy.tenant_groups g on g.id = m.group_id
join tenancy.tenants t on t.id = m.tenant_id
left join tenancy.tenants w on w.id = m.added_with
order by 1, 2;

insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('g1'), app.t('de'));
table app.members;
select t.name from tenancy.group_tenants(app.g('g1')) id join tenancy.tenants t using (id) order by 1;
delete from tenancy.tenant_group_members where group_id = app.g('g1') and tenant_id = app.t('by');
table app.members;
-- several at once, one below the other, into two groups
insert into tenancy.tenant_group_members (group_id, tenant_id)
values (app.g('g2'), app.t('by')), (app.g('g2'), app.t('de')), (app.g('g1'), app.t('muc')), (app.g('g2'), app.t('alone'));
table app.members;
delete from tenancy.tenant_group_members where tenant_id in (app.t('de'), app.t('alone'));
table app.members;
-- a member that came with another one is one already
insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('g1'), app.t('by'));
\set VERBOSITY terse
insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('g1'), app.t('by'));
\set VERBOSITY verbose
insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('g1'), app.t('by')) on conflict do nothing;
-- a dump says with whom a member came: nobody else comes along
delete from tenancy.tenant_group_members;
insert into tenancy.tenant_group_members (group_id, tenant_id, added_with) values (app.g('g1'), app.t('de'), app.t('de'));
table app.members;

-- not into system groups or groups that do not exist
insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('de_subtenants'), app.t('alone'));
insert into tenancy.tenant_group_members (group_id, tenant_id) values ('00000000-0000-0000-0000-00000000000f', app.t('alone'));
update tenancy.tenant_group_members set tenant_id = app.t('fr');
update tenancy.tenant_group_members set group_id = app.g('g2');
update tenancy.tenant_group_members set added_with = null;
-- they go with their tenant and with their group
insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('g2'), app.t('by')), (app.g('g2'), app.t('alone'));
delete from tenancy.tenants where name in ('muc', 'alone');
table app.members;
delete from tenancy.tenant_groups where name = 'g2';
table app.members;
