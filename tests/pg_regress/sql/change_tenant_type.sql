-- The type of a tenant column is changed by one command, which keeps what was set about the table.
\i include/world.sql
grant execute on function tenancy.change_tenant_type to owner;
grant references on tenancy.tenants to owner;
set client_min_messages = warning;
set role owner;
create table app.cats (id integer primary key, tenant_id uuid);
create table app.prods (id integer primary key, tenant_id uuid not null references tenancy.tenants, cat_id integer references app.cats);
create table app.cut (id integer, tenant_id uuid) partition by list (id);
create table app.cut_1 partition of app.cut default;
create table app.old (id integer, tenant_id uuid);
create table app.young (more text) inherits (app.old);
create index on app.prods (tenant_id, id);
select tenancy.protect('app.cats', 'required'), tenancy.protect('app.prods', 'required'), tenancy.protect('app.cut', 'optional'),
  tenancy.protect('app.old', 'required');
select tenancy.set_reference_rule('app.prods', 'prods_cat_id_fkey', service_provider_eligible => true, names_tenant => true);
reset role;
insert into app.cats values (1, :acme), (2, :globex), (3, :provider);
insert into app.prods values (1, :acme, 1), (2, :globex, 2), (3, :acme, 3);
insert into app.cut values (1, :acme), (2, null);
insert into app.old values (1, :acme);
insert into app.young values (2, :east, 'x');
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.prods', 3);
insert into tenancy.modules (name) values ('shop');
insert into tenancy.module_tables (module_id, relation) select id, 'app.prods' from tenancy.modules where name = 'shop';
grant select, insert, update, delete on app.cats, app.prods, app.cut, app.old, app.young to app;
set role owner;
-- PostgreSQL's own command does not do it
alter table app.prods alter column tenant_id type bigint using 1;
select tenancy.change_tenant_type('app.prods', 'bigint');
select tenancy.change_tenant_type('app.cut', 'integer');
select tenancy.change_tenant_type('app.old', 'bigint');
reset role;
select relation, kind, tenant_column, tenant_key, row_security, parts from tenancy.protected_tables where relation::text ~ 'cats|prods|cut|old' order by relation::text;
select p.id, p.tenant_id, t.name from app.prods p join tenancy.tenants t on t.number = p.tenant_id order by 1;
select * from app.cut order by 1;
select tableoid::regclass, id, tenant_id from app.old order by 2;
select service_provider_eligible, on_tenant_change, names_tenant from tenancy.reference_rules where relation = 'app.prods'::regclass;
select max_rows from tenancy.quotas where relation = 'app.prods'::regclass;
select count(*) from tenancy.module_tables where relation = 'app.prods'::regclass;
select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'app.prods'::regclass and contype = 'f' order by 1;
select indexdef from pg_indexes where tablename = 'prods' order by 1;
select code, object from tenancy.lint() where object ~ 'cats|prods|cut|old|young' and code ~ 'drift|policy|trigger|tenant|registry|default';
-- it holds: by number, by reference between a table by number and one by uuid, by quota
set role app;
begin;
call app.act_as('ann');
select id from app.prods order by 1;
insert into app.prods (id, cat_id) values (4, 1) returning tenant_id;
savepoint s;
insert into app.prods (id, cat_id) values (5, 2);
rollback to s;
insert into app.prods (id, tenant_id) values (5, 1020);
rollback to s;
insert into app.prods (id, cat_id) values (5, 3);
commit;
-- back again, and what does not go
set role owner;
select tenancy.change_tenant_type('app.prods', 'integer');
select tenancy.change_tenant_type('app.prods', 'uuid');
select tenancy.change_tenant_type('app.prods', 'uuid');
select tenancy.change_tenant_type('app.prods', 'text');
select tenancy.change_tenant_type('app.cut_1', 'uuid');
create table app.free (id integer);
select tenancy.change_tenant_type('app.free', 'uuid');
select tenancy.protect('app.free', 'untenanted');
select tenancy.change_tenant_type('app.free', 'uuid');
select tenancy.convert_tenant(1010);
select tenancy.convert_tenant('a0000000-0000-0000-0000-000000000000'::uuid);
set role app;
select tenancy.change_tenant_type('app.prods', 'uuid');
reset role;
select p.id, t.name from app.prods p join tenancy.tenants t on t.id = p.tenant_id order by 1;
-- a number that the type cannot hold; rows that name nobody
insert into tenancy.tenants (id, name, number) values ('c0000000-0000-0000-0000-000000000000', 'Large', 3000000000);
insert into app.cats values (4, 'c0000000-0000-0000-0000-000000000000');
select tenancy.change_tenant_type('app.cats', 'integer');
select tenancy.set_mode('warn');
create table app.wrong (id integer, tenant_id uuid);
insert into app.wrong values (1, :nowhere);
select tenancy.protect('app.wrong', 'required');
select tenancy.change_tenant_type('app.wrong', 'bigint');
select tenant_key from tenancy.protected_tables where relation = 'app.wrong'::regclass;
-- code of the owner's, which runs meanwhile, is told of the tenants of the table and of nobody else
set role owner;
create function app.number_of(uuid) returns text language plpgsql as $$
begin
  return tenancy.convert_tenant($1);
exception when others then
  return sqlstate;
end $$;
create table app.curious (id integer, tenant_id uuid);
select tenancy.protect('app.curious', 'required');
reset role;
insert into app.curious values (1, :acme);
set role owner;
create function app.asks(integer) returns text language plpgsql immutable as $$
begin
  raise info 'its own %, another %, none %', app.number_of('a0000000-0000-0000-0000-000000000000'),
    app.number_of('b0000000-0000-0000-0000-000000000000'), app.number_of('d0000000-0000-0000-0000-000000000000');
  return '';
end $$;
create index curious_asks on app.curious (app.asks(id));
select tenancy.change_tenant_type('app.curious', 'bigint');
reset role;
