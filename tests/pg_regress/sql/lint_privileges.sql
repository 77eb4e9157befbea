\i include/world.sql
-- Privileges, names and what is shared. Each finding's remedy removes it.
create role lint_privileges login;
-- acts for tenants
grant execute on function tenancy.enter(uuid, text, boolean) to lint_privileges;
create schema shop authorization owner;
create schema elsewhere authorization owner;
grant create, usage on schema shop, elsewhere to lint_privileges;
grant create on database regress_lint_privileges to lint_privileges;
set role owner;
create table shop.goods (id uuid primary key, tenant_id uuid);
select tenancy.protect('shop.goods', 'required') \g /dev/null
reset role;
grant all on app.documents to app;
grant references on app.documents to public;
alter default privileges for role owner in schema app grant select, insert on tables to app, public;
alter default privileges for role lint_privileges grant select on tables to app;
alter default privileges for role lint_privileges in schema app grant execute on functions to public;
alter default privileges for role lint_privileges revoke execute on functions from public;
grant create on schema app to public;
alter role lint_privileges in database regress_lint_privileges set search_path = app, pg_catalog;
alter database regress_lint_privileges set search_path = "$user", app, "pg_catalog";
alter role lint_privileges set search_path = pg_catalog, app;
grant select on pg_statistic to app;
set role owner;
create table app.counted (id bigint generated always as identity primary key, tenant_id uuid, second serial);
create sequence app.third;
alter table app.counted add third integer default nextval('app.third');
create sequence app.unrelated;
grant usage, select on all sequences in schema app to app;
grant usage on sequence app.counted_second_seq to public;
select tenancy.protect('app.counted', 'required') \g /dev/null
reset role;
select lo_from_bytea(0, 'of the superuser') \g /dev/null
set role app;
select lo_from_bytea(0, 'of the application') \g /dev/null
reset role;
\set codes '''privilege_excessive'', ''schema_writable'', ''search_path_shadows'', ''statistics_readable'', ''sequence_shared'', ''sequence_counts'', ''large_objects_shared'''
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code in (' :codes ') or code = ''default_privileges'' and object ~ ''lint_privileges|owner'''
\x
:found;
\x
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f;
-- everybody
grant create on database regress_lint_privileges to public;
select code, object, finding, remedy from (:found) f;
select remedy from (:found) f \gexec
select code, object from (:found) f;
alter default privileges for role lint_privileges grant execute on functions to public;
drop owned by lint_privileges;
drop role lint_privileges;
