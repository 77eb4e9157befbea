\i include/world.sql
-- What superusers may grant, and our promises lean on. Each finding's remedy removes it. All in one transaction, because settings and
-- roles are the cluster's.
create role lint_granted_dba login;
begin;
grant execute on function pg_read_file(text), pg_read_binary_file(text), pg_ls_dir(text), lo_import(text) to app;
grant execute on function lo_export(oid, text) to lint_granted_dba;
grant execute on function pg_read_binary_file(text, bigint, bigint) to public;
grant set on parameter session_replication_role, tenancy.context to app;
grant set on parameter lo_compat_privileges to public;
grant set on parameter allow_system_table_mods to lint_granted_dba;
grant alter system on parameter archive_command, work_mem to lint_granted_dba;
grant set, alter system on parameter work_mem to app;
grant execute on function tenancy.protect, tenancy.change_tenant_type to app;
grant execute on procedure tenancy.adopt to public;
grant pg_signal_backend, pg_checkpoint, pg_write_all_data to app;
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code in (''application_is_exempt'', ''login_is_exempt'', ''files_readable'', ''setting_granted'', ''application_sets_guards'', ''application_has_role'', ''protect_granted'') and object ~ ''app$|lint_granted|setting|function'' and finding !~ ''CREATEROLE'''
\x
:found;
\x
-- what these can do
savepoint before;
set role app;
set session_replication_role = replica;
set tenancy.context = 'x';
select length(pg_read_binary_file('PG_VERSION')) > 0 as read;
select true as listed from pg_ls_dir('base') limit 1;
rollback to before;
-- remedies
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f;
set role app;
set session_replication_role = replica;
rollback;
drop role lint_granted_dba;
