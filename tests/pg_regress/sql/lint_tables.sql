\i include/world.sql
-- Tables. Each finding's remedy removes it.
set role owner;
create table app.notes (id bigint generated always as identity primary key, tenant_id uuid);
create table app.texts (id integer, tenant_id text);
create table app.plain (id integer);
reset role;
grant references on tenancy.tenants to owner;
set role owner;
create table app.bills (id uuid primary key, payer uuid not null references tenancy.tenants);
create table app."odd ""name" (tenant_id bigint, "a" date, b text);
reset role;
\set codes '''table_unprotected'', ''table_undeclared'', ''index_missing'', ''foreign_part'', ''part_of_unprotected'', ''foreign_table'''
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code in (' :codes ')'
\x
:found;
\x
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f where remedy is not null;

-- as untenanted, a table with a tenant column is everybody's
select tenancy.release('app.notes'), tenancy.protect('app.notes', 'untenanted');
select code, severity, object, finding, remedy from (:found) f where object = 'table app.notes';

-- foreign tables have no row security
create foreign data wrapper lint_nowhere;
create server lint_nowhere foreign data wrapper lint_nowhere;
create foreign table app.far (id integer, tenant_id uuid) server lint_nowhere;
create table app.logs (id integer, tenant_id uuid, day date) partition by list (day);
select tenancy.protect('app.logs', 'required') \g /dev/null
grant select on app.far to app, public;
\i include/guards_off.sql
alter table app.logs drop constraint logs_tenant_id_fkey;
create foreign table app.logs_far partition of app.logs for values in ('2020-01-01') server lint_nowhere;
create foreign table app.documents_far (id integer not null, tenant_id uuid not null, title text) server lint_nowhere;
alter foreign table app.documents_far inherit app.documents;
create table app.far_above (title text);
alter table app.articles inherit app.far_above;
\i include/guards_on.sql
select code, severity, object, finding, remedy from (:found) f where object ~ 'far';
select remedy from (:found) f where object ~ 'far' \gexec
select code, object from (:found) f where object ~ 'far';
