-- Who sees what of our own tables. Row security is not forced: our code acts as the tables' owner. Everybody may read as
-- far as the policies go (pg_dump as a tenant's user needs that); what an administrating session may write, every role may
-- try to write, and the policies and the triggers administrators_only refuse it to all other sessions.

-- Not can_read(), which the modes off and warn make say yes: who else is a tenant here is nobody's business in any mode.
alter table tenancy.tenants enable row level security;
create policy tenants_select on tenancy.tenants for select using (tenancy.knows_tenant(id));
create policy tenants_insert on tenancy.tenants for insert with check (tenancy.administers());
create policy tenants_update on tenancy.tenants for update using (tenancy.administers()) with check (tenancy.administers());
create policy tenants_delete on tenancy.tenants for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.tenants to public;

alter table tenancy.contacts enable row level security;
create policy contacts_select on tenancy.contacts for select using (tenancy.knows_tenant(tenant_id));
create policy contacts_insert on tenancy.contacts for insert with check (tenancy.administers());
create policy contacts_update on tenancy.contacts for update using (tenancy.administers()) with check (tenancy.administers());
create policy contacts_delete on tenancy.contacts for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.contacts to public;

alter table tenancy.users enable row level security;
create policy users_select on tenancy.users for select using (tenancy.knows_tenant(tenant_id));
create policy users_insert on tenancy.users for insert with check (tenancy.administers());
create policy users_update on tenancy.users for update using (tenancy.administers()) with check (tenancy.administers());
create policy users_delete on tenancy.users for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.users to public;

alter table tenancy.user_roles enable row level security;
create policy user_roles_select on tenancy.user_roles for select using (user_id = tenancy.current_user_id() or tenancy.administers());
create policy user_roles_insert on tenancy.user_roles for insert with check (tenancy.administers());
create policy user_roles_update on tenancy.user_roles for update using (tenancy.administers()) with check (tenancy.administers());
create policy user_roles_delete on tenancy.user_roles for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.user_roles to public;

alter table tenancy.roles enable row level security;
create policy roles_select on tenancy.roles for select using (tenancy.administers());
create policy roles_insert on tenancy.roles for insert with check (tenancy.administers());
create policy roles_update on tenancy.roles for update using (tenancy.administers()) with check (tenancy.administers());
create policy roles_delete on tenancy.roles for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.roles to public;

alter table tenancy.custom_groups enable row level security;
create policy custom_groups_select on tenancy.custom_groups for select using (tenancy.administers());
create policy custom_groups_insert on tenancy.custom_groups for insert with check (tenancy.administers());
create policy custom_groups_update on tenancy.custom_groups for update using (tenancy.administers()) with check (tenancy.administers());
create policy custom_groups_delete on tenancy.custom_groups for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.custom_groups to public;

alter table tenancy.tenant_group_members enable row level security;
create policy tenant_group_members_select on tenancy.tenant_group_members for select using (tenancy.administers());
create policy tenant_group_members_insert on tenancy.tenant_group_members for insert with check (tenancy.administers());
create policy tenant_group_members_update on tenancy.tenant_group_members for update using (tenancy.administers()) with check (tenancy.administers());
create policy tenant_group_members_delete on tenancy.tenant_group_members for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.tenant_group_members to public;

alter table tenancy.system_group_texts enable row level security;
create policy system_group_texts_select on tenancy.system_group_texts for select using (tenancy.knows_tenant(tenant_id));
create policy system_group_texts_insert on tenancy.system_group_texts for insert with check (tenancy.administers());
create policy system_group_texts_update on tenancy.system_group_texts for update using (tenancy.administers()) with check (tenancy.administers());
create policy system_group_texts_delete on tenancy.system_group_texts for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.system_group_texts to public;

alter table tenancy.activity enable row level security;
create policy activity_select on tenancy.activity for select
  using (tenancy.knows_tenant(tenant_id) or tenancy.administers());
grant select on tenancy.activity to public;

-- The view applies the policies of the tables behind it.
grant select, insert, update, delete on tenancy.tenant_groups to public;

-- How strictly, how deep, which tables: no secret. The mode is set by set_mode().
grant select on tenancy.installation, tenancy.protection, tenancy.reference_settings to public;
grant update (max_depth, max_tenants, record_entries) on tenancy.installation to public;

-- What pg_dump saves, and what it has to read for that.
grant select on sequence tenancy.tenants_number_seq, tenancy.activity_id_seq to public;

select pg_catalog.pg_extension_config_dump('tenancy.installation', '');
select pg_catalog.pg_extension_config_dump('tenancy.tenants', '');
select pg_catalog.pg_extension_config_dump('tenancy.tenants_number_seq', '');
select pg_catalog.pg_extension_config_dump('tenancy.contacts', '');
select pg_catalog.pg_extension_config_dump('tenancy.users', '');
select pg_catalog.pg_extension_config_dump('tenancy.custom_groups', '');
select pg_catalog.pg_extension_config_dump('tenancy.system_group_texts', '');
select pg_catalog.pg_extension_config_dump('tenancy.tenant_group_members', '');
select pg_catalog.pg_extension_config_dump('tenancy.roles', '');
select pg_catalog.pg_extension_config_dump('tenancy.user_roles', '');
select pg_catalog.pg_extension_config_dump('tenancy.protection', '');
select pg_catalog.pg_extension_config_dump('tenancy.reference_settings', '');
select pg_catalog.pg_extension_config_dump('tenancy.activity', '');
select pg_catalog.pg_extension_config_dump('tenancy.activity_id_seq', '');
