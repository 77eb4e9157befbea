-- Ways around, oracles: what errors, keys, plans, statistics and sequences tell of rows that are hidden.
\i include/world.sql
\i include/rolled.sql
\o /dev/null
set role owner;
create table rolled.users (id integer generated always as identity primary key, tenant_id uuid not null default rolled.tenant(), login text unique);
create table app.users (id integer generated always as identity primary key, tenant_id uuid not null, login text, unique (tenant_id, login));
alter table rolled.users enable row level security, force row level security;
create policy tenant on rolled.users using (tenant_id = rolled.tenant()) with check (tenant_id = rolled.tenant());
create table rolled.stays (tenant_id uuid not null default rolled.tenant(), during int4range, exclude using gist (during with &&));
create table app.stays (tenant bigint not null, during int4range, exclude using gist (int8range(tenant, tenant, '[]') with &&, during with &&));
alter table rolled.stays enable row level security, force row level security;
create policy tenant on rolled.stays using (tenant_id = rolled.tenant()) with check (tenant_id = rolled.tenant());
select tenancy.protect('app.users', 'required', create_index => 'never'), tenancy.protect('app.stays', 'required', 'tenant', 'never');
grant all on rolled.users, app.users, rolled.stays, app.stays to public;
reset role;
insert into rolled.users (tenant_id, login) select :acme, 'acme' || n from generate_series(1, 300) n;
insert into app.users (tenant_id, login) select :acme, 'acme' || n from generate_series(1, 300) n;
insert into rolled.stays values (:acme, '[1, 5)');
insert into app.stays select number, '[1, 5)' from tenancy.tenants where id = :acme;
create index on app.users (login);
create statistics rolled.of_users (mcv) on tenant_id, login from rolled.users;
create statistics app.of_users (mcv) on tenant_id, login from app.users;
analyze rolled.users, app.users, rolled.documents, app.documents, app.events, rolled.events, rolled.events_1;
\o
\c - bob

-- a unique key says that a value is taken; one with the tenant in it does not (lint: unique_values)
insert into rolled.users (login) values ('acme7');
insert into app.users (login) values ('acme7') returning tenant_id, login;
insert into rolled.users (login) values ('acme7') on conflict do nothing returning id;
insert into app.users (login) values ('acme8') on conflict do nothing returning login;
-- the value itself is not in the message, in both
insert into app.documents (id, title) values (1, 'x');

-- an exclusion constraint says the same, of a span that it can be halved to find; one with the tenant in it does not
insert into rolled.stays (during) values ('[3, 9)');
insert into app.stays (during) values ('[3, 9)') returning during;

-- a foreign key says which rows there are: a hidden one is accepted, a missing one is not
insert into rolled.comments (id, document_id) values (50, 1);
insert into rolled.comments (id, document_id) values (51, 999);
insert into app.comments (id, document_id) values (50, 1);
insert into app.comments (id, document_id) values (51, 999);
-- and whether somebody refers to a row
delete from rolled.comments where id = 50;

-- messages do not show what was in a row that broke a rule and is hidden, or partition bounds' values
\set VERBOSITY default
insert into rolled.documents values (60, :acme, 'x');
update rolled.documents set tenant_id = :acme where id = 5;
insert into rolled.documents (id, title) values (1, 'x');
insert into rolled.events_1 values (150, :globex, 'x');
insert into rolled.comments (id, document_id) values (51, 999);
insert into app.documents values (60, :acme, 'x');
update app.documents set tenant_id = :acme where id = 5;
insert into app.events_1 values (150, :globex, 'x');
insert into app.events values (999, :globex, 'x');
insert into app.documents values (60, :nowhere, 'x');
\set VERBOSITY verbose

-- sampled values: neither of the table, nor of a partition, nor of several columns, nor by way of a view or an operator
select count(*) from pg_stats where tablename in ('users', 'documents', 'events') and schemaname in ('app', 'rolled');
select schemaname, tablename, most_common_vals is not null or histogram_bounds is not null as shown from pg_stats
where schemaname in ('app', 'rolled') and tablename like 'events\_%' and attname = 'what' order by 1, 2;
select count(*) from pg_stats_ext where schemaname in ('app', 'rolled');
select count(*) from pg_stats_ext_exprs;
select count(*) from pg_statistic;
create view playground.people as select * from app.users;
create function playground.leak(text, text) returns boolean language plpgsql immutable
  as $$ begin raise notice 'sampled %', $1; return true; end $$;
create operator playground.<~ (leftarg = text, rightarg = text, function = playground.leak, restrict = scalarltsel);
create operator playground.=~ (leftarg = text, rightarg = text, function = playground.leak, restrict = eqsel, join = eqjoinsel);
\o /dev/null
explain (costs off) select * from rolled.users where login operator(playground.<~) 'x';
explain (costs off) select * from app.users where login operator(playground.<~) 'x';
explain (costs off) select * from app.users where login operator(playground.=~) 'x';
explain (costs off) select * from playground.people where login operator(playground.<~) 'x';
explain (costs off) select * from app.users u join app.users v on u.login operator(playground.=~) v.login;
\o

-- how many rows a filter removed: EXPLAIN ANALYZE counts the hidden ones, in both, where no index leads with the tenant
create function playground.removed(query text) returns setof text language plpgsql as $$
declare line text;
begin
  for line in execute 'explain (analyze, costs off, timing off, summary off) ' || query loop
    if line ~ 'Rows Removed by Filter' then return next trim(line); end if;
  end loop;
end $$;
select playground.removed('select * from rolled.users');
set enable_indexscan = off;
set enable_bitmapscan = off;
set enable_indexonlyscan = off;
select playground.removed('select * from app.users');
reset enable_indexscan;
reset enable_bitmapscan;
reset enable_indexonlyscan;
set enable_seqscan = off;
select playground.removed('select * from app.users');
reset enable_seqscan;

-- counters of the server, which tell how much happens, in both
select relname, n_live_tup > 100 as told from pg_stat_all_tables where relname = 'users' and schemaname in ('app', 'rolled') order by schemaname;
select reltuples > 100 as told from pg_class where oid in ('app.users'::regclass, 'rolled.users'::regclass);

-- numbers from a sequence tell how many there were; keys that are drawn by lot do not (lint: sequence_shared)
insert into rolled.users (login) values ('globex1');
select max(id) > 300 as told from rolled.users;
select max(id) > 300 as told from app.users;
select last_value from app.users_id_seq;

-- what comes back: rows that may be read only, in both
insert into rolled.users (login) values ('acme9') on conflict (login) do update set login = 'x' returning login;
update rolled.users set login = login || '!' returning login;
delete from rolled.users where login like 'acme%' returning login;
insert into app.users (login) values ('acme9') on conflict (tenant_id, login) do update set login = 'x' returning login;
update app.users set login = login || '!' returning login;

-- what others' sessions run at the moment: PostgreSQL tells it to the same role only, which all clients of a pool have, in both
\setenv PGAPPNAME around_oracles
\! "$PSQL" -X -q -U alice -c "set app.tenant = 'a secret of alice''s'" -c "select pg_sleep(60)" > /dev/null 2>&1 &
\! "$PSQL" -X -q -U bob -c "select 'a secret of another client''s', pg_sleep(60)" > /dev/null 2>&1 &
\setenv PGAPPNAME
do $$
declare
  running bigint;
begin
  for i in 1..600 loop
    perform pg_stat_clear_snapshot();
    select count(*) into running from pg_stat_activity
    where application_name = 'around_oracles' and (query ~ 'pg_sleep' or usename = 'alice') and datname = current_database();
    exit when running = 2;
    perform pg_sleep(0.1);
  end loop;
end $$;
select usename, query from pg_stat_activity where application_name = 'around_oracles' and datname = current_database() order by 1;
\c - postgres
select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'around_oracles' and datname = current_database();

-- the names of tenants, people and roles, what they did and have: by hand, a table that was needed before anybody was anybody
set role owner;
create table rolled.tenants (id uuid, name text);
create table rolled.members (tenant_id uuid, email text);
grant select on rolled.tenants, rolled.members to public;
reset role;
insert into rolled.tenants select id, name from tenancy.tenants;
insert into rolled.members select tenant_id, email from tenancy.contacts;
\c - bob
select name from rolled.tenants order by name collate "C";
select count(*) from rolled.members where tenant_id <> :globex;
select name from tenancy.tenants order by 1;
select count(*) from tenancy.contacts where tenant_id <> :globex;
select count(*) from tenancy.users where tenant_id <> :globex;
select count(*) from tenancy.activity where tenant_id = :acme;
select count(*) from tenancy.tenant_statistics where tenant_id = :acme;
