-- What is left of a quota is found again where it no longer is where this session found it last.
\i include/world.sql
\c - postgres
-- Globex has two documents
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:globex, 'app.documents', 102);
insert into app.documents (id, tenant_id) select n, :globex from generate_series(501, 510) n;
insert into app.documents (id, tenant_id) values (511, :globex);
begin;
insert into app.documents (id, tenant_id) values (512, :globex);
rollback;
insert into app.documents (id, tenant_id) values (512, :globex);
vacuum full tenancy.quota_room;
insert into app.documents (id, tenant_id) values (513, :globex);
vacuum full tenancy.quota_room;
delete from app.documents where id = 501;
select tenancy.quota_used(id) from tenancy.quotas where tenant_id = :globex;
-- with more than a slot has, and with as many as there can be
insert into app.documents (id, tenant_id) select n, :globex from generate_series(521, 600) n;
insert into app.documents (id, tenant_id) select n, :globex from generate_series(601, 608) n;
insert into app.documents (id, tenant_id) values (609, :globex);
select tenancy.quota_used(id) from tenancy.quotas where tenant_id = :globex;
