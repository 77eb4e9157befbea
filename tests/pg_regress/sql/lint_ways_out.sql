\i include/world.sql
-- Ways on which rows leave the server, or leave row security. Each finding's remedy removes it.
\i include/guards_off.sql
create publication some_rows for table app.documents where (id > 5);
create publication of_acme for table app.documents where (id > 5 and tenant_id = 'a0000000-0000-0000-0000-000000000000');
create publication its_rows for table app.documents, app.articles;
create publication schema_rows for tables in schema app;
create publication all_rows for all tables;
\i include/guards_on.sql
create table app.audited (id uuid, tenant_id uuid, day date) partition by list (day);
create table app.audited_1 partition of app.audited for values in ('2020-01-01');
select tenancy.protect('app.audited', 'required') \g /dev/null
set client_min_messages = error;
create publication of_part for table app.audited_1;
reset client_min_messages;
select 1 from pg_create_logical_replication_slot('lint_ways_out', 'pgoutput') \g /dev/null
begin;
insert into app.documents values (100, :acme, 'in between');
prepare transaction 'lint_ways_out';
create foreign data wrapper lint_elsewhere;
create server lint_elsewhere foreign data wrapper lint_elsewhere;
create user mapping for public server lint_elsewhere;
create user mapping for app server lint_elsewhere;
create user mapping for owner server lint_elsewhere;
-- as if this one were installed, which not every server brings
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) select 16384, 'dblink', 10, 2200, true, '1.2';
\set codes '''publication_unfiltered'', ''publication_filtered'', ''logical_slot'', ''prepared_transaction'', ''user_mapping'', ''extension_reaches_out'''
\set found 'select code, severity, object, regexp_replace(finding, ''at .* and'', ''at … and'') as finding, remedy from tenancy.lint() where code in (' :codes ')'
\x
:found;
\x
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f;
