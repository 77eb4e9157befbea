-- Only superusers and users of the service provider whose role administers change our tables.
\c - postgres
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) select n, id, true from tenancy.tenants, (values ('acme'), ('beta')) v (n) where kind = 'service_provider';
insert into tenancy.contacts (id, tenant_id, name, email)
select ('00000000-0000-0000-0000-0000000000' || v.id)::uuid, t.id, v.name, v.name || '@example.org'
from (values ('01', 'provider', 'root'), ('02', 'provider', 'clerk'), ('0a', 'acme', 'ann'), ('0b', 'acme', 'fake')) v (id, tenant, name)
join tenancy.tenants t on t.name = v.tenant;
insert into tenancy.users (id) select id from tenancy.contacts;
insert into tenancy.user_roles
select c.id, r.id from tenancy.contacts c join tenancy.roles r on r.name = case when c.name in ('root', 'fake') then 'administrator' else 'member' end;
insert into tenancy.tenant_groups (name) values ('a group');
grant execute on function tenancy.enter to app;
\set root '00000000-0000-0000-0000-000000000001'
\set clerk '00000000-0000-0000-0000-000000000002'
\set ann '00000000-0000-0000-0000-00000000000a'
\set fake '00000000-0000-0000-0000-00000000000b'
-- what each of the following sessions tries; every statement is refused
create procedure app.try_everything() language plpgsql as $$
declare
  command text;
  message text;
  state text;
begin
  foreach command in array array[
    'insert into tenancy.tenants (name) values (''mine'')',
    'update tenancy.tenants set name = ''mine''',
    'delete from tenancy.tenants',
    'merge into tenancy.tenants t using (select 1) s on true when matched then delete',
    'insert into tenancy.tenants (name) values (''acme'') on conflict (name) do update set status = ''inactive''',
    'with d as (delete from tenancy.tenants returning *) select * from d',
    'truncate tenancy.tenants',
    'insert into tenancy.roles (name, read_access, administers) values (''mine'', ''all'', true)',
    'update tenancy.roles set read_access = ''all''',
    'delete from tenancy.roles',
    'insert into tenancy.contacts (tenant_id, name, email) select id, ''x'', ''x@x'' from tenancy.tenants',
    'update tenancy.contacts set email = ''x@x''',
    'delete from tenancy.contacts',
    'update tenancy.users set login_enabled = true, db_role = current_user',
    'insert into tenancy.users (id) values (''00000000-0000-0000-0000-00000000000c'')',
    'delete from tenancy.users',
    'insert into tenancy.user_roles select u.id, ''00000000-0000-8000-8000-000000000012'' from tenancy.users u',
    'update tenancy.user_roles set role_id = ''00000000-0000-8000-8000-000000000012''',
    'delete from tenancy.user_roles',
    'insert into tenancy.tenant_groups (name) values (''mine'')',
    'update tenancy.tenant_groups set name = ''mine''',
    'delete from tenancy.tenant_groups',
    'insert into tenancy.custom_groups (name) values (''mine'')',
    'update tenancy.custom_groups set name = ''mine''',
    'delete from tenancy.custom_groups',
    'insert into tenancy.tenant_group_members select ''00000000-0000-0000-0000-0000000000ff'', id from tenancy.tenants',
    'update tenancy.tenant_group_members set added_with = null',
    'delete from tenancy.tenant_group_members',
    'insert into tenancy.system_group_texts select id, ''subtenants'', ''mine'' from tenancy.tenants',
    'update tenancy.system_group_texts set name = ''mine''',
    'delete from tenancy.system_group_texts',
    'update tenancy.installation set max_depth = 0',
    'update tenancy.installation set mode = ''off''',
    'insert into tenancy.installation default values',
    'delete from tenancy.installation',
    'insert into tenancy.protection values (''pg_class'', ''untenanted'')',
    'update tenancy.protection set kind = ''untenanted''',
    'delete from tenancy.protection',
    'update tenancy.reference_settings set service_provider_eligible = true',
    'insert into tenancy.activity (event) values (''nothing happened'')',
    'delete from tenancy.activity',
    'insert into tenancy.hierarchy_lock default values',
    'lock tenancy.hierarchy_lock in exclusive mode',
    'alter table tenancy.tenants disable row level security',
    'alter table tenancy.tenants disable trigger all',
    'select tenancy.require_administrator()',
    'create trigger t before insert on tenancy.tenants execute function tenancy.announce_change()'
  ] loop
    begin
      execute command;
      raise notice 'NOT REFUSED: %', command;
    exception when others then
      get stacked diagnostics message = message_text, state = returned_sqlstate;
      raise notice '% | % %', command, state, message;
    end;
  end loop;
end
$$;
grant execute on procedure app.try_everything to public;
\set VERBOSITY terse
\c - app
-- nobody
call app.try_everything();
-- a tenant's user
begin;
select tenancy.enter(:'ann');
call app.try_everything();
commit;
\set VERBOSITY verbose
-- with all its words
update tenancy.tenants set name = 'mine';
-- the service provider's user whose role does not administer; another tenant's user whose role would
begin;
select tenancy.enter(:'clerk'), tenancy.administers();
insert into tenancy.tenants (name) values ('mine');
commit;
begin;
select tenancy.enter(:'fake'), tenancy.administers();
insert into tenancy.tenants (name) values ('mine');
commit;
-- the one who may
begin;
select tenancy.enter(:'root'), tenancy.administers();
insert into tenancy.tenants (name, parent_id, allows_subtenants) select 'gamma', id, true from tenancy.tenants where name = 'acme' returning name, depth;
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'beta') where name = 'gamma' returning name, depth;
update tenancy.installation set max_depth = 5, max_tenants = 100;
insert into tenancy.tenant_groups (name) values ('mine') returning name, kind;
insert into tenancy.tenant_group_members (group_id, tenant_id)
select g.id, t.id from tenancy.tenant_groups g, tenancy.tenants t where g.name = 'mine' and t.name = 'beta' returning true;
select t.name from tenancy.tenant_group_members m join tenancy.tenants t on t.id = m.tenant_id order by 1;
update tenancy.tenant_groups set description = 'of beta' where name = 'beta_subtenants' returning name, description;
insert into tenancy.roles (name, read_access, read_group_id, write_access)
select 'reader', 'group', id, 'none' from tenancy.tenant_groups where name = 'mine' returning name;
insert into tenancy.contacts (tenant_id, name, email) select id, 'gus', 'gus@example.org' from tenancy.tenants where name = 'gamma' returning name;
insert into tenancy.users (id) select id from tenancy.contacts where name = 'gus' returning login_enabled;
insert into tenancy.user_roles select c.id, r.id from tenancy.contacts c, tenancy.roles r where c.name = 'gus' and r.name = 'reader' returning true;
update tenancy.contacts set tenant_id = (select id from tenancy.tenants where name = 'acme') where name = 'gus' returning name;
delete from tenancy.contacts where name = 'gus' returning name;
delete from tenancy.roles where name = 'reader' returning name;
delete from tenancy.tenant_groups where name = 'mine' returning name;
delete from tenancy.tenants where name = 'gamma' returning name;
-- the mode is set by its function; what is protected by protect()
savepoint s;
update tenancy.installation set mode = 'off';
rollback to s;
insert into tenancy.protection values ('pg_class', 'untenanted');
rollback;
