-- initialize_tenant: a tenant gets copies of a template's rows, with new keys and the references among them.
\i include/world.sql
set role owner;
create table app.kinds (id integer primary key, tenant_id uuid, name text);
create table app.centres (id bigint generated always as identity primary key, tenant_id uuid not null, code text, above bigint references app.centres,
  kind integer references app.kinds, unique (tenant_id, code));
create table app.contracts (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, centre bigint references app.centres);
create table app.lines (contract uuid references app.contracts, nth integer, tenant_id uuid not null, primary key (contract, nth));
create table app.seats (tenant integer, code text, primary key (tenant, code));
\o /dev/null
select tenancy.protect('app.kinds', 'optional', create_index => 'never');
select tenancy.protect(t, 'required', create_index => 'never') from unnest('{app.centres,app.contracts,app.lines}'::regclass[]) t;
select tenancy.protect('app.seats', 'required', 'tenant', 'never');
\o
reset role;
insert into app.kinds values (1, null, 'public');
insert into app.centres (tenant_id, code, above, kind) values (:acme, 'top', 2, 1), (:acme, 'below', 1, 1), (:globex, 'other', null, 1);
insert into app.contracts (tenant_id, centre) values (:acme, 2);
insert into app.lines select id, 1, :acme from app.contracts;
insert into app.seats values (1010, 'window');
\c - alice
select * from tenancy.initialize_tenant(:globex, :acme);
\c - postgres
select * from tenancy.initialize_tenant(:globex, :globex);
select * from tenancy.initialize_tenant(:globex, :nowhere);
select * from tenancy.initialize_tenant(:globex, null);
-- documents have natural keys
select * from tenancy.initialize_tenant(:globex, :acme);
select * from tenancy.initialize_tenant(:globex, :acme, '{app.lines,app.contracts,app.centres,app.seats}');
select c.code, a.code as above, c.above > 3 as new, c.kind from app.centres c left join app.centres a on a.id = c.above where c.tenant_id = :globex order by 1;
select l.nth, c.tenant_id = l.tenant_id as own, e.code from app.lines l join app.contracts c on c.id = l.contract join app.centres e on e.id = c.centre
  where l.tenant_id = :globex;
select * from app.seats order by 1;
-- twice is once too often, where a natural key says so
select * from tenancy.initialize_tenant(:globex, :acme, '{app.centres}');
-- what refers to rows that are not copied would refer to the template's
select * from tenancy.initialize_tenant(:globex, :acme, '{app.contracts}');
select relation, count(*) from tenancy.violations() group by 1;
