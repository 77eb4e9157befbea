\i include/world.sql
-- How strictly tenancy is enforced, and what switches guards off. Each finding's remedy removes it.
select tenancy.set_mode('warn');
alter event trigger tenancy_follow_ddl disable;
alter event trigger tenancy_forget_dropped enable;
alter database regress_lint_modes set session_replication_role = replica;
create role lint_modes login;
alter role lint_modes in database regress_lint_modes set lo_compat_privileges = yes;
alter role lint_modes in database regress_lint_modes set tenancy.token = 'a secret';
\x
select code, severity, object, finding, remedy from tenancy.lint()
where code in ('mode_lax', 'event_trigger_disabled') or code = 'setting_weakens' and object ~ 'lint_modes';
\x
select remedy from tenancy.lint()
where code in ('mode_lax', 'event_trigger_disabled') or code = 'setting_weakens' and object ~ 'lint_modes' \gexec
select code, object from tenancy.lint()
where code in ('mode_lax', 'event_trigger_disabled') or code = 'setting_weakens' and object ~ 'lint_modes';

-- what pg_restore --disable-triggers leaves of our own triggers
alter table tenancy.role_modules disable trigger all;
alter table tenancy.role_modules enable trigger all;
alter table tenancy.lint_suppressions disable trigger all;
select code, severity, object, finding, remedy from tenancy.lint() where code = 'own_trigger_disabled' and object !~ 'RI_';
select remedy from tenancy.lint() where code = 'own_trigger_disabled' \gexec
select code, object from tenancy.lint() where code = 'own_trigger_disabled';

-- in the mode setup nothing is open
select tenancy.set_mode('setup');
select code, severity, object, finding, remedy from tenancy.lint() where code = 'mode_setup';
select remedy from tenancy.lint() where code = 'mode_setup' \gexec
select count(*) from tenancy.lint() where code in ('mode_setup', 'mode_lax');

-- the tests' servers trust everybody
select code, severity, object, regexp_replace(finding, '[0-9, ]+\.$', ' …') as finding, remedy from tenancy.lint() where code = 'authentication_trusts';
drop role lint_modes;
