-- Contacts, users, roles and which user has which.
\c - postgres
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
create function app.c(text) returns uuid stable language sql as 'select id from tenancy.contacts where name = $1';
create function app.r(text) returns uuid stable language sql as 'select id from tenancy.roles where name = $1';
insert into tenancy.tenants (name) values ('provider'), ('acme'), ('beta');

-- the built-in roles
select id, name, read_access, write_access, updates_public, administers, built_in from tenancy.roles order by name;
delete from tenancy.roles where name = 'member';
update tenancy.roles set name = 'boss' where name = 'administrator';
update tenancy.roles set built_in = false where name = 'member';
update tenancy.roles set read_access = 'home_subtenants', description = 'sees below' where name = 'member'
returning read_access, description, updated_at = now() updated;
insert into tenancy.roles (id, name, description, read_access, created_at, updated_at)
values ('00000000-0000-8000-8000-000000000011', 'member', 'from a dump', 'home', '2020-01-01', '2021-01-01');
select name, description, read_access, built_in, extract(year from created_at) created, extract(year from updated_at) updated
from tenancy.roles where name = 'member';
-- others
insert into tenancy.roles (name, read_access, write_access) values ('auditor', 'all', 'none') returning built_in;
insert into tenancy.roles (name, built_in) values ('mine', true);
update tenancy.roles set built_in = true where name = 'auditor';
update tenancy.roles set id = gen_random_uuid() where name = 'auditor';
\set VERBOSITY terse
insert into tenancy.roles (name) values ('auditor');
insert into tenancy.roles (name) values (' ');
insert into tenancy.roles (name, read_access) values ('odd', 'everything');
insert into tenancy.roles (name, read_access) values ('odd', 'tenant');
insert into tenancy.roles (name, read_tenant_id) values ('odd', app.t('acme'));
\set VERBOSITY verbose
-- a superuser may be restoring a dump whose groups come later: as long as there are none, he is only warned
insert into tenancy.roles (name, read_access, read_group_id) values ('odd', 'group', '00000000-0000-0000-0000-00000000000f');
delete from tenancy.roles where name = 'odd';
insert into tenancy.tenant_groups (name) values ('a group');
insert into tenancy.roles (name, read_access, read_group_id) values ('odd', 'group', '00000000-0000-0000-0000-00000000000f');
insert into tenancy.roles (name, read_access, read_group_id) select 'of the group', 'group', id from tenancy.tenant_groups where name = 'a group';
update tenancy.roles set name = 'accountant' where name = 'auditor' returning name;
delete from tenancy.roles where name in ('accountant', 'of the group') returning name;

-- contacts
insert into tenancy.contacts (tenant_id, name, email) values
  (app.t('provider'), 'root', 'root@example.org'),
  (app.t('acme'), 'ann', 'ann@example.org'),
  (app.t('beta'), 'bob', 'bob@example.org');
insert into tenancy.contacts (tenant_id, name, email) values (app.t('beta'), 'ann2', 'ANN@example.org') returning email;
\set VERBOSITY terse
insert into tenancy.contacts (tenant_id, name, email) values (app.t('acme'), 'ann2', 'ANN@example.org');
insert into tenancy.contacts (tenant_id, name, email) values (app.t('acme'), 'ann2', 'ann');
insert into tenancy.contacts (tenant_id, name, email) values (app.t('acme'), ' ', 'ann2@example.org');
\set VERBOSITY verbose
insert into tenancy.contacts (tenant_id, name, email) select id, 'ann2', 'ann2@example.org' from tenancy.tenants where kind = 'none';
update tenancy.contacts set tenant_id = (select id from tenancy.tenants where kind = 'none') where name = 'ann';
update tenancy.contacts set id = gen_random_uuid() where name = 'ann';
-- whom to ask at a tenant
update tenancy.tenants set contact_id = app.c('ann') where name in ('acme', 'beta');
update tenancy.tenants set contact_id = '00000000-0000-0000-0000-00000000000f' where name = 'acme';
insert into tenancy.tenants (name, contact_id) values ('gamma', '00000000-0000-0000-0000-00000000000f');
select t.name, c.name contact from tenancy.tenants t left join tenancy.contacts c on c.id = t.contact_id where number > 0 order by 1;

-- users
insert into tenancy.users (id) select id from tenancy.contacts where name in ('root', 'ann', 'bob');
insert into tenancy.users (id, db_role) select id, 'nobody of that name' from tenancy.contacts where name = 'ann2';
-- a dump brings the tenant, and may be restored where the role does not exist
begin;
insert into tenancy.users (id, tenant_id, db_role) select id, tenant_id, 'nobody of that name' from tenancy.contacts where name = 'ann2';
rollback;
insert into tenancy.users (id) values ('00000000-0000-0000-0000-00000000000f');
\set VERBOSITY terse
insert into tenancy.users (id, tenant_id) values (app.c('ann2'), app.t('acme'));
insert into tenancy.users (id) values (app.c('ann'));
update tenancy.users set tenant_id = app.t('beta') where id = app.c('ann');
\set VERBOSITY verbose
update tenancy.users set id = app.c('ann2') where id = app.c('ann');
-- the user follows the contact
update tenancy.contacts set tenant_id = app.t('beta'), email = 'ann@example.com' where name = 'ann';
select c.name, t.name tenant from tenancy.users u join tenancy.contacts c using (id) join tenancy.tenants t on t.id = u.tenant_id order by 1;
-- login roles of PostgreSQL
update tenancy.users set db_role = 'alice' where id = app.c('ann') returning db_role;
update tenancy.users set db_role = 'nobody of that name' where id = app.c('bob');
\set VERBOSITY terse
update tenancy.users set db_role = 'alice' where id = app.c('bob');
\set VERBOSITY verbose

-- which user has which roles
insert into tenancy.user_roles values (app.c('ann'), app.r('member')), (app.c('root'), app.r('administrator'));
\set VERBOSITY terse
insert into tenancy.user_roles values (app.c('ann2'), app.r('member'));
insert into tenancy.user_roles values (app.c('ann'), app.r('member'));
\set VERBOSITY verbose

-- a contact that goes takes its user and the user's roles along, and no tenant names it any longer
delete from tenancy.contacts where name = 'ann';
select count(*) from tenancy.users;
select count(*) from tenancy.user_roles;
select name, contact_id from tenancy.tenants where number > 0 order by 1;
-- so does a tenant
delete from tenancy.tenants where name = 'beta';
select name from tenancy.contacts order by 1;
truncate tenancy.contacts cascade;
truncate tenancy.users cascade;
truncate tenancy.user_roles;
