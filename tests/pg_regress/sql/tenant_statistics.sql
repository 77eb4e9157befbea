-- What tenants have: counted on demand and kept, each tenant sees its own.
\i include/world.sql
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.documents', 8), (:globex, 'app.articles', 4);
insert into tenancy.quotas (tenant_id, max_rows) values (:acme, 10);
create table app.numbered (id integer, tenant_id bigint);
insert into app.numbered values (1, 1010), (2, 1010), (3, null);
select tenancy.protect('app.numbered', 'optional', create_index => 'never');
select tenant, relation, rows, as_of is null as never from tenancy.tenant_statistics where relation is not null order by 1, 2;
select tenancy.refresh_statistics();
select tenant, relation, rows, bytes > 0 as bytes, share, users, contacts, quota_used, quota_limit, as_of <= now() as counted, last_write
from tenancy.tenant_statistics order by relation::text, tenant collate "C";
-- what is used of a quota is known before the next refresh, what there is after it
insert into app.documents values (11, :acme, 'third'), (12, :acme, 'fourth');
delete from app.documents where id = 3;
update app.documents set title = 'GLOBEX 5' where id = 5;
select tenant, rows, quota_used from tenancy.tenant_statistics where relation = 'app.documents'::regclass order by 1;
select tenancy.refresh_statistics('app.documents');
-- it says who wrote since: everybody but West and the provider
select tenant, rows, quota_used, last_write is not null as written, last_write = as_of as at_the_latest
from tenancy.tenant_statistics where relation = 'app.documents'::regclass order by 1;
select tenancy.refresh_statistics('app.documents');
select tenant, last_write < as_of as before from tenancy.tenant_statistics where relation = 'app.documents'::regclass order by 1;
select relation, rows, bytes > 0 as bytes, last_write, as_of is not null as counted from tenancy.tenant_statistics_exact(:acme) order by relation::text;
copy (select tenant, relation, rows, share from tenancy.tenant_statistics where tenant = 'Acme' order by relation::text) to stdout (format csv, header);
select regexp_replace(line, '2\d{3}-.*|\d+ bytes', '…', 'g') as line from tenancy.tenant_overview() line;
select regexp_replace(line, '\d+ bytes', '…') as line from tenancy.tenant_overview(2) line where line !~ 'as of';
-- a tenant sees its own, and shares of that: nothing of others' sizes
\c - app
begin;
call app.act_as('ann');
select tenant, relation, rows, share, users, contacts, quota_used, quota_limit from tenancy.tenant_statistics order by relation::text, tenant collate "C";
select relation, rows from tenancy.tenant_statistics_exact('b0000000-0000-0000-0000-000000000000');
select relation, rows from tenancy.tenant_statistics_exact('a0000000-0000-0000-0000-000000000000') order by relation::text;
select regexp_replace(line, '2\d{3}-.*|\d+ bytes', '…', 'g') as line from tenancy.tenant_overview() line;
savepoint s;
select tenancy.refresh_statistics();
rollback to s;
delete from tenancy.counted_rows;
rollback;
select count(*) from tenancy.tenant_statistics where tenant_id is not null;
-- what is not counted
\c - postgres
create table app.plain (id integer);
create table app.everybodys (id integer);
select tenancy.protect('app.everybodys', 'untenanted');
select tenancy.refresh_statistics('app.plain');
select tenancy.refresh_statistics('app.everybodys');
select tenancy.quota_used(id) from tenancy.quotas where relation = 'app.articles'::regclass;
truncate tenancy.counted_rows;
