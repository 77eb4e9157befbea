-- What administrators have set about a table stays when it is released and protected again, or its foreign key is replaced; what
-- does not is told.
\i include/world.sql
set role owner;
create table app.cats (id integer primary key, tenant_id uuid);
create table app.prods (id integer primary key, tenant_id uuid, cat_id integer references app.cats);
select tenancy.protect('app.cats', 'required'), tenancy.protect('app.prods', 'required');
select tenancy.set_reference_rule('app.prods', 'prods_cat_id_fkey', service_provider_eligible => true, on_tenant_change => 'cascade');
reset role;
insert into app.cats select n, id from tenancy.tenants, generate_series(1, 1) n where name = 'Acme';
insert into tenancy.quotas (tenant_id, relation, max_rows) select id, 'app.prods', 2 from tenancy.tenants where name = 'Acme';
insert into tenancy.modules (name) values ('shop');
insert into tenancy.module_tables (module_id, relation) select id, 'app.prods' from tenancy.modules where name = 'shop';
select tenancy.refresh_statistics();
create view app.set_about as
  select service_provider_eligible as eligible, on_tenant_change, names_tenant,
    (select max_rows from tenancy.quotas where relation = 'app.prods'::regclass) as quota,
    (select count(*) from tenancy.module_tables where relation = 'app.prods'::regclass) as modules,
    (select count(*) from tenancy.counted_rows where relation = 'app.prods'::regclass) as counted
  from tenancy.reference_rules where relation = 'app.prods'::regclass;
insert into app.prods (id, cat_id) values (1, 1);
select tenancy.refresh_statistics();
select * from app.set_about;

-- in one transaction, and much later; nobody counts what comes meanwhile
begin;
select tenancy.release('app.prods');
alter table app.prods alter column tenant_id type text;
alter table app.prods alter column tenant_id type uuid using tenant_id::uuid;
select tenancy.protect('app.prods', 'required');
commit;
select * from app.set_about;
select tenancy.release('app.prods');
select relation, rows, quota_limit from tenancy.tenant_statistics where relation = 'app.prods'::regclass;
insert into app.prods (id, tenant_id, cat_id) select 2, tenant_id, 1 from app.cats;
select tenancy.protect('app.prods', 'untenanted');
begin;
delete from tenancy.module_tables where relation = 'app.prods'::regclass;
select tenancy.protect('app.prods', 'untenanted');
rollback;
select tenancy.protect('app.prods', 'required');
select * from app.set_about;
insert into app.prods (id, cat_id) values (3, 1);
select count(*) from app.prods;
select * from tenancy.lint() where object ~ 'prods|cats' and code ~ 'trigger|default|registry|policy';
-- the table that the rule leads to
select tenancy.release('app.cats');
select tenancy.protect('app.cats', 'required');
select * from app.set_about;
-- in the other order: first the one, then the other
select tenancy.release('app.cats'), tenancy.release('app.prods');
select tenancy.protect('app.prods', 'required'), tenancy.protect('app.cats', 'required');
select * from app.set_about;
delete from app.prods where id = 2;
insert into app.prods (id, cat_id) values (4, 1) returning tenant_id = (select tenant_id from app.cats) as is_that_of_the_category;
-- no tenant column, no tenant to follow
select tenancy.release('app.cats');
select tenancy.protect('app.cats', 'untenanted');
select * from app.set_about;
select tenancy.release('app.cats');
select tenancy.protect('app.cats', 'required');

-- a foreign key is replaced: in one command under its name, in one transaction under another
select tenancy.set_reference_rule('app.prods', 'prods_cat_id_fkey', service_provider_eligible => true, on_tenant_change => 'cascade');
set role owner;
alter table app.prods drop constraint prods_cat_id_fkey,
  add constraint prods_cat_id_fkey foreign key (cat_id) references app.cats on delete cascade;
select constraint_name, service_provider_eligible, on_tenant_change, names_tenant from tenancy.reference_rules where relation = 'app.prods'::regclass;
begin;
alter table app.prods drop constraint prods_cat_id_fkey;
alter table app.prods add constraint of_category foreign key (cat_id) references app.cats deferrable;
commit;
select constraint_name, service_provider_eligible, on_tenant_change, names_tenant from tenancy.reference_rules where relation = 'app.prods'::regclass;
-- a savepoint takes back the one or the other
begin;
savepoint s;
alter table app.prods drop constraint of_category;
rollback to s;
alter table app.prods add constraint second foreign key (cat_id) references app.cats;
select constraint_name, service_provider_eligible, on_tenant_change from tenancy.reference_rules where relation = 'app.prods'::regclass;
rollback;
begin;
alter table app.prods drop constraint of_category;
savepoint s;
alter table app.prods add constraint second foreign key (cat_id) references app.cats;
rollback to s;
alter table app.prods add constraint third foreign key (cat_id) references app.cats;
commit;
select constraint_name, service_provider_eligible, on_tenant_change, names_tenant from tenancy.reference_rules where relation = 'app.prods'::regclass;
-- what nothing gets is told, be it by another command
create table app.others (id integer primary key, tenant_id uuid);
select tenancy.protect('app.others', 'required');
begin;
alter table app.prods drop constraint third;
alter table app.prods add constraint to_others foreign key (cat_id) references app.others not valid;
commit;
alter table app.prods drop constraint to_others;
reset role;
drop view app.set_about;
drop table app.prods;
select count(*) from tenancy.quotas where relation is not null;
