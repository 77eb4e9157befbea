-- What is counted follows modules: on tables that its roles are not for, a session learns no numbers of its own tenant either.
\i include/world.sql
insert into tenancy.modules (id, name) values (md5('papers')::uuid, 'papers');
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.documents');
insert into tenancy.roles (name, read_access, write_access) values ('clerk', 'home', 'same_as_read');
insert into tenancy.role_modules select id, md5('papers')::uuid from tenancy.roles where name = 'clerk';
insert into tenancy.user_roles select md5('ann')::uuid, id from tenancy.roles where name = 'clerk';
insert into tenancy.quotas (tenant_id, relation, max_rows) values
  (:acme, 'app.documents', 3), (:acme, 'app.articles', 3), (:acme, null, 10);
insert into app.documents values (11, :acme, 'third');
insert into app.articles values (11, :acme, 'second');
select tenancy.refresh_statistics();
create table app.known as select id from tenancy.quotas;
grant select on app.known to app;
\c - app
-- limited to the papers
begin;
call app.act_as('ann', 'clerk');
select tenant, relation, rows, quota_used, quota_limit from tenancy.tenant_statistics order by relation::text;
select relation, rows from tenancy.tenant_statistics_exact('a0000000-0000-0000-0000-000000000000') order by relation::text;
select relation, max_rows from tenancy.quotas order by relation::text;
select tenancy.quota_used(id) from app.known order by 1;
select regexp_replace(line, '2\d{3}-.*|\d+ bytes', '…', 'g') as line from tenancy.tenant_overview() line;
rollback;
-- with a role for all tables
begin;
call app.act_as('ann', 'worker');
select tenant, relation, rows, quota_used, quota_limit from tenancy.tenant_statistics order by relation::text;
select relation, rows from tenancy.tenant_statistics_exact('a0000000-0000-0000-0000-000000000000') order by relation::text;
select tenancy.quota_used(id) from app.known order by 1;
rollback;
-- who may read the rows is told how many there would be
begin;
call app.act_as('ann', 'clerk');
insert into app.documents values (12, 'a0000000-0000-0000-0000-000000000000', 'fourth');
commit;
