-- A tenant goes when nothing hangs on it any longer; its people, group memberships and group names go along.
\c - postgres
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true), ('top', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('middle', app.t('top'), true);
insert into tenancy.tenants (name, parent_id) values ('bottom', app.t('middle')), ('other bottom', app.t('middle'));
insert into tenancy.contacts (tenant_id, name, email) select id, name, 'a@example.org' from tenancy.tenants where number > 0;
insert into tenancy.users (id) select id from tenancy.contacts;
insert into tenancy.user_roles select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = 'member';
update tenancy.tenants set contact_id = (select id from tenancy.contacts where name = 'bottom') where name = 'provider';
update tenancy.tenant_groups set name = 'the lowest' where name = 'bottom_relatedtenants';
insert into tenancy.tenant_groups (name) values ('a group');
insert into tenancy.tenant_group_members (group_id, tenant_id) select id, app.t('top') from tenancy.tenant_groups where name = 'a group';

-- not while it has subtenants
delete from tenancy.tenants where name = 'top';
delete from tenancy.tenants where name in ('top', 'middle', 'bottom');
-- not while it has rows
create table app.things (id int primary key, tenant_id uuid not null);
\set VERBOSITY terse
select tenancy.protect('app.things', 'required') \g /dev/null
insert into app.things values (1, app.t('bottom'));
delete from tenancy.tenants where name = 'bottom';
delete from app.things;
-- not while a role names it
insert into tenancy.roles (name, read_access, read_tenant_id) values ('of bottom', 'tenant', app.t('bottom'));
delete from tenancy.tenants where name = 'bottom';
delete from tenancy.roles where name = 'of bottom';
\set VERBOSITY verbose
delete from tenancy.tenants where name = 'bottom';
select (select count(*) from tenancy.contacts) contacts, (select count(*) from tenancy.users) users,
  (select count(*) from tenancy.user_roles) roles, (select count(*) from tenancy.tenant_group_members) members,
  (select count(*) from tenancy.system_group_texts) texts, (select contact_id from tenancy.tenants where name = 'provider') contact;
-- a whole subtree in one statement, in whatever order
delete from tenancy.tenants where name in ('top', 'middle', 'other bottom');
select name from tenancy.tenants where number > 0;
