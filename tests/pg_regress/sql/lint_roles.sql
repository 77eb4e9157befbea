\i include/world.sql
-- Who acts for tenants, and what else they can do. Each finding's remedy removes it.
create role lint_roles_super nologin superuser;
create role lint_roles_owner login;
create role lint_roles_exempt login bypassrls;
create role lint_roles_app login;
create role lint_roles_dba login;
create role lint_roles_maker login createrole;
create role lint_roles_root login superuser;
create schema lint authorization lint_roles_owner;
grant execute on function tenancy.protect to lint_roles_owner;
set role lint_roles_owner;
create table lint.notes (id bigint generated always as identity primary key, tenant_id uuid);
select tenancy.protect('lint.notes', 'required') \g /dev/null
reset role;
grant lint_roles_super, lint_roles_owner, pg_monitor to lint_roles_app;
grant lint_roles_super to lint_roles_dba;
grant lint_roles_owner to lint_roles_dba with admin option;
update tenancy.users set db_role = 'lint_roles_exempt' where id = md5('pia')::uuid;
grant execute on function tenancy.enter(uuid, text, boolean) to lint_roles_app;
grant execute on function tenancy.enter_tenant(uuid, text, boolean) to lint_roles_exempt;
-- before PostgreSQL 16, CREATEROLE could take any role
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where object ~ ''lint_roles'' and (code, object) <> (''login_is_exempt'', ''role lint_roles_maker'')'
\x
:found;
\x
set client_min_messages = error; -- two remedies revoke the same
select remedy from (:found) f where remedy is not null \gexec
reset client_min_messages;
select code, severity, object, finding from (:found) f;

-- who may only admit himself to a role that is admitted to the owner's; before PostgreSQL 16 he is a member of both
select case when current_setting('server_version_num')::integer < 160000 then 'with admin option' else 'with admin true, inherit false, set false' end as admitting,
  case when current_setting('server_version_num')::integer < 160000 then '' else 'with inherit false, set true' end as admitted \gset
create role lint_roles_group;
grant lint_roles_owner to lint_roles_group :admitted;
grant lint_roles_group to lint_roles_dba :admitting;
select code, severity, object, finding, remedy from (:found) f where object = 'role lint_roles_dba';
select remedy from (:found) f where object = 'role lint_roles_dba' \gexec
select code from (:found) f where object = 'role lint_roles_dba';
drop role lint_roles_group;

-- the owner as an application
alter role lint_roles_owner login;
update tenancy.users set db_role = 'lint_roles_owner' where id = md5('pia')::uuid;
select code, severity, object, finding, remedy from (:found) f where object = 'role lint_roles_owner';

-- a login that acts for tenants by tokens alone, so that nobody granted it anything
\i include/tokens.sql
select code from (:found) f where object = 'role lint_roles_root';
\c - lint_roles_root
select tenancy.authenticate(app.token_of('ann'));
\c - postgres
select code, severity, object, finding, remedy from (:found) f where object = 'role lint_roles_root';
update tenancy.activity set happened_at = now() - interval '31 days' where event = 'entered';
select code from (:found) f where object = 'role lint_roles_root';

-- a login that is gone
update tenancy.users set db_role = 'lint_roles_dba' where id = md5('pia')::uuid;
drop role lint_roles_dba;
update tenancy.users set db_role = 'lint_roles_maker' where id = md5('pam')::uuid;
alter role lint_roles_maker nologin;
select code, severity, finding, remedy from tenancy.lint() where code = 'db_role_missing';
select remedy from tenancy.lint() where code = 'db_role_missing' \gexec
select count(*) from tenancy.lint() where code = 'db_role_missing';

-- who acts for whomever he likes
grant execute on function tenancy.enter(uuid, text, boolean), tenancy.enter_tenant(uuid, text, boolean) to public;
select code, severity, object, finding, remedy from tenancy.lint() where code = 'enter_granted_to_public';
select remedy from tenancy.lint() where code = 'enter_granted_to_public' \gexec
select count(*) from tenancy.lint() where code = 'enter_granted_to_public';

-- an application's session
alter role lint_roles_maker login bypassrls;
\! PGAPPNAME=shop "$PSQL" -X -q -U lint_roles_maker -c "select pg_sleep(60)" >/dev/null 2>&1 &
do $$
begin
  while not exists (select from pg_stat_activity where usename = 'lint_roles_maker' and state = 'active') loop
    perform pg_sleep(0.05), pg_stat_clear_snapshot();
  end loop;
end
$$;
select code, severity, object, finding, remedy from tenancy.lint() where code = 'session_is_exempt';
select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'lint_roles_maker';
select count(*) from tenancy.lint() where code = 'session_is_exempt';

drop schema lint cascade;
revoke all on function tenancy.enter(uuid, text, boolean) from lint_roles_app;
drop owned by lint_roles_super, lint_roles_owner, lint_roles_exempt, lint_roles_app, lint_roles_maker, lint_roles_root;
drop role lint_roles_super, lint_roles_owner, lint_roles_exempt, lint_roles_app, lint_roles_maker, lint_roles_root;
