\i include/world.sql
-- A well-built installation has no errors. Its applications may act for tenants, and its tables have numbers for keys.
-- What other tests do to roles of the cluster is theirs, and the server's version is not looked at here.
select code, severity, object from tenancy.lint()
where code not in ('authentication_trusts', 'server_outdated') and (object !~ '^role' or object in ('role app', 'role owner'));
select tenancy.assert_isolated();

-- who may look
set role alice;
select * from tenancy.lint();
select tenancy.assert_isolated();
reset role;
create role lint_monitor in role pg_monitor;
set role lint_monitor;
select count(*) > 0 as looks from tenancy.lint();
reset role;
drop role lint_monitor;

-- an administrator of the service provider, by an ordinary role
\c - carol
select count(*) > 0 as looks from tenancy.lint();
