-- Promise 3, referentially closed: what a row may refer to, for everybody, superusers included.
\i include/world.sql
set role owner;
create table app.notes (id integer primary key, tenant_id uuid not null, article_id integer, text text);
alter table app.notes add constraint before foreign key (article_id) references app.articles;
select tenancy.protect('app.notes', 'required', create_index => 'never');
-- a foreign key that is added later is a rule, too
alter table app.notes add column document_id integer;
alter table app.notes add constraint later foreign key (document_id) references app.documents;
-- and one that comes with its column
alter table app.notes add column note_id integer constraint own references app.notes;
grant select, insert, update, delete on app.notes to public;
select relation, constraint_name, referenced, service_provider_eligible, on_tenant_change, names_tenant from tenancy.reference_rules order by 2;

-- allowed: public, own, of a tenant above
\c - app
begin;
call app.act_as('mia');
insert into app.notes (id, tenant_id, article_id) values (1, :east, 1), (2, :east, 2), (3, :east, 3), (4, :acme, 2);
insert into app.notes (id, tenant_id, document_id) values (5, :east, 1), (6, :east, 3), (7, :acme, 1);
insert into app.notes (id, tenant_id, note_id) values (8, :east, 5), (9, :east, 7), (10, :east, 10);
savepoint here;
-- forbidden: of a tenant below, beside, elsewhere; all of them readable but the last
insert into app.notes (id, tenant_id, article_id) values (20, :acme, 3);
rollback to here;
insert into app.notes (id, tenant_id, article_id) values (20, :west, 3);
rollback to here;
insert into app.notes (id, tenant_id, article_id) values (20, :acme, 4);
rollback to here;
insert into app.notes (id, tenant_id, document_id) values (20, :acme, 3);
rollback to here;
insert into app.notes (id, tenant_id, note_id) values (20, :west, 6);
rollback to here;
-- a hidden row and a missing one are the same
insert into app.notes (id, tenant_id, document_id) values (20, :acme, 5);
rollback to here;
insert into app.notes (id, tenant_id, document_id) values (20, :acme, 99);
rollback to here;
insert into app.notes (id, tenant_id, article_id) values (20, :acme, 99);
rollback to here;
-- the provider's rows are not for everybody
insert into app.notes (id, tenant_id, article_id) values (20, :acme, 5);
rollback to here;
-- by UPDATE, of the reference or of the tenant
update app.notes set document_id = 4 where id = 6;
rollback to here;
update app.notes set document_id = 5 where id = 6;
rollback to here;
update app.notes set tenant_id = :acme where id = 6;
rollback to here;
update app.notes set tenant_id = :west where id = 5 returning id;
rollback to here;
update app.notes set document_id = 1, tenant_id = :acme where id = 6 returning id;
rollback to here;
-- by ON CONFLICT, MERGE, a writable CTE
insert into app.notes (id, tenant_id) values (6, :east) on conflict (id) do update set document_id = 4;
rollback to here;
merge into app.notes n using (values (6)) v (id) on n.id = v.id when matched then update set document_id = 4;
rollback to here;
with u as (update app.notes set document_id = 4 where id = 6 returning id) select * from u;
rollback to here;
commit;

-- readable is not referable: pia reads all tenants
begin;
call app.act_as('pia');
savepoint here;
insert into app.notes (id, document_id) values (20, 7) returning tenant_id = :provider;
insert into app.notes (id, document_id) values (21, 5);
rollback to here;
insert into app.notes (id, article_id) values (21, 1) returning tenant_id = :provider;
rollback;

-- of several rows one that may not
begin;
call app.act_as('mia');
savepoint here;
insert into app.notes (id, tenant_id, document_id) values (30, :acme, 1), (31, :acme, 2), (32, :acme, 3);
rollback to here;
update app.notes set document_id = 3;
rollback;

-- superusers and owners, too; they are told what is wrong
\c - postgres
insert into app.notes (id, tenant_id, document_id) values (20, :globex, 1);
insert into app.notes (id, tenant_id, document_id) values (20, :acme, 3);
insert into app.notes (id, tenant_id, document_id) values (20, :acme, 99);
update app.notes set document_id = 5 where id = 7;
copy app.notes (id, tenant_id, document_id) from stdin;
20	b0000000-0000-0000-0000-000000000000	5
21	b0000000-0000-0000-0000-000000000000	1
\.
set session_replication_role = replica;
insert into app.notes (id, tenant_id, document_id) values (20, :globex, 1);
reset session_replication_role;

-- the row referred to may not turn away
update app.documents set tenant_id = :globex where id = 1;
update app.documents set tenant_id = :east where id = 1;
update app.articles set tenant_id = :acme where id = 1;
update app.articles set tenant_id = null where id = 3;
update app.articles set tenant_id = :east where id = 3;
update app.articles set tenant_id = :acme where id = 3;
select id, tenant_id from app.articles order by id;
-- unless what refers to it goes along in the same statement
with d as (update app.documents set tenant_id = :acme where id = 3) update app.notes set tenant_id = :east where id = 6;
delete from app.notes where id in (8, 9, 10);
with n as (update app.notes set document_id = null) update app.documents set tenant_id = :globex where id = 3;
select id, tenant_id, document_id, note_id, article_id from app.notes order by id;
delete from app.documents where id = 1;
delete from app.articles where id = 1;
update app.articles set id = 100 where id = 1;

-- service-provider-eligible: rows of the provider, too
\c - owner
select tenancy.set_reference_rule('app.notes', 'before', service_provider_eligible => true);
\c - app
begin;
call app.act_as('gus');
-- not to be seen, but to be referred to: the foreign key tells no more than the catalogue that the provider keeps for all
insert into app.notes (id, article_id) values (40, 5) returning id;
savepoint here;
insert into app.notes (id, article_id) values (41, 2);
rollback to here;
insert into app.notes (id, document_id) values (41, 7);
rollback to here;
commit;
\c - postgres
update app.articles set tenant_id = :acme where id = 5;
insert into app.notes (id, tenant_id, article_id) values (40, :globex, 5);
\c - owner
select tenancy.set_reference_rule('app.notes', 'before', service_provider_eligible => false);
\c - postgres
delete from app.notes where id = 40;
\c - owner
select tenancy.set_reference_rule('app.notes', 'before', service_provider_eligible => false);


-- a foreign key over rows that are there
alter table app.notes add column second_id integer;
\c - postgres
update app.notes set second_id = 5 where id = 1;
\c - owner
-- PostgreSQL looks for them with the owner's rights and finds none that break it; the extension looks again
alter table app.notes add constraint second foreign key (second_id) references app.documents;
\c - postgres
update app.notes set second_id = 99 where id = 1;
\c - owner
alter table app.notes add constraint second foreign key (second_id) references app.documents;
\c - postgres
alter table app.notes add constraint second foreign key (second_id) references app.documents;
alter table app.notes add constraint second foreign key (second_id) references app.documents not valid;
select relation, constraint_name, referenced from tenancy.reference_rules where constraint_name = 'second';
update app.notes set second_id = 5 where id = 2;
update app.notes set second_id = 6 where id = 1;
update app.notes set second_id = null;
\c - owner
alter table app.notes validate constraint second;

-- what is not a rule cannot be changed
select tenancy.set_reference_rule('app.notes', 'no_such_rule', service_provider_eligible => true);
select tenancy.set_reference_rule('app.notes', 'notes_tenant_id_fkey', service_provider_eligible => true);
select tenancy.set_reference_rule('app.notes', 'before', on_tenant_change => 'explode');
create table app.outside (id integer);
select tenancy.set_reference_rule('app.outside', 'x', service_provider_eligible => true);
\c - app
select tenancy.set_reference_rule('app.notes', 'before', service_provider_eligible => true);
\c - postgres
select * from tenancy.violations();
