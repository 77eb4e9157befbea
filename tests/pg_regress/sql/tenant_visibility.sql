-- Nobody learns of tenants, people, roles and groups that are none of his business.
\c - postgres
create function app.t(text) returns uuid stable language sql security definer as 'select id from tenancy.tenants where name = $1';
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('acme', app.t('provider'), true), ('beta', app.t('provider'), true);
insert into tenancy.tenants (name, parent_id) values ('acme-west', app.t('acme')), ('beta-west', app.t('beta'));
insert into tenancy.contacts (id, tenant_id, name, email)
select ('00000000-0000-0000-0000-0000000000' || v.id)::uuid, app.t(v.tenant), v.name, v.name || '@example.org'
from (values ('01', 'provider', 'root'), ('0a', 'acme', 'ann'), ('0b', 'acme', 'abe'), ('0c', 'beta', 'bea'), ('0d', 'acme-west', 'wes')) v (id, tenant, name);
insert into tenancy.users (id) select id from tenancy.contacts;
insert into tenancy.roles (name, read_access, write_access) values ('chief', 'home_subtenants', 'home'), ('branch', 'home_supertenants', 'home');
insert into tenancy.user_roles
select c.id, r.id from tenancy.contacts c join tenancy.roles r
on r.name = case c.name when 'root' then 'administrator' when 'ann' then 'chief' when 'wes' then 'branch' else 'member' end;
insert into tenancy.tenant_groups (name) values ('secret group');
insert into tenancy.tenant_group_members (group_id, tenant_id) select id, app.t('acme') from tenancy.tenant_groups where name = 'secret group';
update tenancy.tenant_groups set name = 'the Acmes' where name = 'acme_subtenants';
update tenancy.tenant_groups set name = 'the Betas' where name = 'beta_subtenants';
update tenancy.users set db_role = 'alice' where id = '00000000-0000-0000-0000-00000000000b';
insert into tenancy.activity (event, tenant_id) values ('of acme', app.t('acme')), ('of beta', app.t('beta')), ('of nobody', null);
grant execute on function tenancy.enter to app;
create view app.seen with (security_invoker = true) as
select what, name collate "C" as name from (
select 'tenant' what, name from tenancy.tenants
union all select 'contact', name from tenancy.contacts
union all select 'user', id::text from tenancy.users
union all select 'user role', user_id::text from tenancy.user_roles
union all select 'role', name from tenancy.roles
union all select 'custom group', name from tenancy.custom_groups
union all select 'member', tenant_id::text from tenancy.tenant_group_members
union all select 'text', name from tenancy.system_group_texts
union all select 'group', name from tenancy.tenant_groups
union all select 'activity', event from tenancy.activity where event like 'of %') s
order by 1, 2;
grant select on app.seen to public;

\c - app
-- nobody
table app.seen;
select * from tenancy.tenant_tree();
select tenancy.subtenants(app.t('acme'));
-- its own tenant
begin;
select tenancy.enter('00000000-0000-0000-0000-00000000000b');
table app.seen;
select * from tenancy.tenant_tree();
select count(*) from tenancy.subtenants(app.t('beta'));
select count(*) from tenancy.group_tenants(tenancy.system_group_id(app.t('beta'), 'subtenants'));
select tenancy.is_supertenant(app.t('beta-west'), app.t('beta'));
commit;
-- and those below
begin;
select tenancy.enter('00000000-0000-0000-0000-00000000000a');
table app.seen;
select * from tenancy.tenant_tree();
commit;
-- and those above
begin;
select tenancy.enter('00000000-0000-0000-0000-00000000000d');
table app.seen;
commit;
-- everything
begin;
select tenancy.enter('00000000-0000-0000-0000-000000000001');
select what, count(*) from app.seen group by what order by what;
select * from tenancy.tenant_tree();
commit;
-- a login role that stands for a user
\c - alice
table app.seen;
-- what everybody may read
table tenancy.installation;
select * from tenancy.protection;
select * from tenancy.reference_settings;
select * from tenancy.hierarchy_lock;
-- a function that looks harmless sees no rows before row security does
create function pg_temp.peek(text) returns boolean language plpgsql cost 0.0001 as $$ begin raise notice 'saw %', $1; return true; end $$;
select name from tenancy.tenants where pg_temp.peek(name);
select name from tenancy.tenant_groups where pg_temp.peek(name);
