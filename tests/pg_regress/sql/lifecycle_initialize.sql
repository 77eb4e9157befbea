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

-- many rows go in batches: chains and circles, partitions and inheritance children, with columns named as ours are
\c - postgres
\set umbra '''fa000000-0000-0000-0000-000000000000'''
insert into tenancy.tenants (id, name) values (:umbra, 'Umbra');
create table app.steps (id bigint generated always as identity primary key, tenant_id uuid not null, before bigint references app.steps,
  best bigint, r text, x integer);
create table app.marks (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, step bigint references app.steps, old text, new text);
alter table app.steps add column mark uuid references app.marks;
create table app.days (id bigint generated always as identity, tenant_id uuid not null, day integer, step bigint references app.steps, primary key (tenant_id, id, day))
  partition by list (day);
create table app.days_1 partition of app.days for values in (1);
create table app.days_2 partition of app.days default;
create table app.loose (tenant_id uuid not null, note text);
create table app.looser (more text) inherits (app.loose);
\o /dev/null
select tenancy.protect(t, 'required', create_index => 'never') from unnest('{app.steps,app.marks,app.days,app.loose}'::regclass[]) t;
\o
insert into app.steps (tenant_id, r, x) select :acme, 'step', n from generate_series(1, 12000) n;
update app.steps set before = id - 1 where id % 100 <> 1;
insert into app.marks (tenant_id, step, old) select :acme, id, 'mark ' || x from app.steps where x % 4 = 0;
update app.steps s set mark = m.id from app.marks m where m.step = s.id and s.x % 8 = 0;
update app.steps set best = id;
insert into app.days (tenant_id, day, step) select :acme, x % 3, id from app.steps;
insert into app.loose select :acme, n::text from generate_series(1, 11000) n;
insert into app.looser select :acme, n::text, 'more' from generate_series(1, 11000) n;
insert into app.steps (tenant_id, r) values (:globex, 'not copied');
select * from tenancy.initialize_tenant(:umbra, :acme, '{app.steps,app.marks,app.days,app.loose}');
select count(*), count(b.id) as before, count(m.id) as marks, bool_and(b.x = s.x - 1) as chained, bool_and(m.step = s.id) as circle,
    bool_and(b.tenant_id = :umbra and m.tenant_id = :umbra) as own
  from app.steps s left join app.steps b on b.id = s.before left join app.marks m on m.id = s.mark where s.tenant_id = :umbra;
select d.tableoid::regclass, count(*), bool_and(s.tenant_id = :umbra and s.x % 3 = d.day) as own from app.days d join app.steps s on s.id = d.step
  where d.tenant_id = :umbra group by 1 order by 1;
select tableoid::regclass, count(*) from app.loose where tenant_id = :umbra group by 1 order by 1;
select relation, count(*) from tenancy.violations() group by 1;
