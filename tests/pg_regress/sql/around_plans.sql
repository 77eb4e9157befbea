-- Ways around, what outlives a context: cursors, prepared statements, plans of functions, temporary tables, prepared transactions.
-- First against row security made by hand, then against pg_tenancy. (More of them: promise_invisible_plans.)
\i include/world.sql
\i include/rolled.sql

-- the usual way to make such policies fast: a function that is said to be IMMUTABLE. Plans that are kept keep the tenant.
\c - owner
create function rolled.tenant_fast() returns uuid language sql immutable return nullif(current_setting('app.tenant', true), '')::uuid;
create table rolled.fast as select * from rolled.documents with no data;
\c - postgres
insert into rolled.fast select * from rolled.documents;
\c - owner
alter table rolled.fast enable row level security, force row level security;
create policy tenant on rolled.fast using (tenant_id = rolled.tenant_fast());
grant select on rolled.fast to public;
\c - app
prepare fast as select :titles from rolled.fast;
prepare ours as select :titles from app.documents;
create function pg_temp.fast() returns text language plpgsql as $$ begin return (select string_agg(title, ', ' order by id) from rolled.fast); end $$;
create function pg_temp.ours() returns text language plpgsql as $$ begin return (select string_agg(title, ', ' order by id) from app.documents); end $$;
begin; set local app.tenant = :acme; call app.act_as('ann'); execute fast; execute ours; select pg_temp.fast(), pg_temp.ours(); commit;
begin; set local app.tenant = :globex; call app.act_as('gus'); execute fast; execute ours; select pg_temp.fast(), pg_temp.ours(); commit;
execute fast;
execute ours;
set plan_cache_mode = force_generic_plan;
begin; call app.act_as('ada'); execute ours; commit;
begin; call app.act_as('gus'); execute ours; commit;
execute ours;

-- a cursor that goes on after the tenant has changed: rows of two tenants in one result
begin;
set local app.tenant = :acme;
declare mixed cursor for select title from rolled.documents;
fetch 1 from mixed;
set local app.tenant = :globex;
fetch all from mixed;
commit;
begin;
call app.act_as('ann');
declare mixed cursor for select title from app.documents;
fetch 1 from mixed;
call app.act_as('gus');
rollback;
begin;
call app.act_as('ann');
declare mixed cursor for select title from app.documents;
fetch 1 from mixed;
select from tenancy.leave();
fetch all from mixed;
commit;

-- What was read is in the session until DISCARD: WITH HOLD, temporary tables, variables. No row security can take it back.
begin;
set local app.tenant = :acme;
declare held cursor with hold for select title from rolled.documents;
create temp table taken as select title from rolled.documents;
commit;
fetch all from held;
select title from taken order by 1;
close held;
drop table taken;
begin;
call app.act_as('ann');
declare held cursor with hold for select title from app.documents;
create temp table taken as select title from app.documents;
commit;
fetch all from held;
select title from taken order by 1;
discard all;
fetch all from held;
select title from taken;

-- a prepared transaction: what it was allowed to write stays its tenant's, whoever commits it, in both
begin;
set local app.tenant = :globex;
insert into rolled.documents (id, title) values (50, 'globex 50');
prepare transaction 'around_plans';
begin; set local app.tenant = :acme; select :titles from rolled.documents; commit;
commit prepared 'around_plans';
select :titles from rolled.documents;
begin; set local app.tenant = :acme; select :titles from rolled.documents; commit;
begin; set local app.tenant = :globex; select :titles from rolled.documents; commit;
begin;
call app.act_as('gus');
insert into app.documents (id, title) values (50, 'globex 50');
prepare transaction 'around_plans';
begin; call app.act_as('ann'); select :titles from app.documents; commit;
commit prepared 'around_plans';
-- it does not leave its context behind
select :titles from app.documents;
begin; call app.act_as('ann'); select :titles from app.documents; commit;
begin; call app.act_as('gus'); select :titles from app.documents; commit;

-- parallel workers have the leader's setting, or context, in both, whichever tenant the settings of the session say (more:
-- scenario/parallel)
\c - owner
create table rolled.many (id integer, tenant_id uuid not null) with (parallel_workers = 2);
create table app.many (id integer, tenant_id uuid not null) with (parallel_workers = 2);
alter table rolled.many enable row level security, force row level security;
create policy tenant on rolled.many using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
select from tenancy.protect('app.many', 'required', create_index => 'never');
grant select on rolled.many, app.many to public;
\c - postgres
insert into rolled.many select n, case when n % 2 = 0 then :acme else :globex end::uuid from generate_series(1, 20000) n;
insert into app.many select * from rolled.many;
\c - bob
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set min_parallel_table_scan_size = 0;
set parallel_leader_participation = off;
explain (costs off) select count(*), min(tenant_id::text) from rolled.many;
select count(*), min(tenant_id::text) from rolled.many;
explain (costs off) select count(*), count(distinct tenant_id) from app.many;
select count(*), min(tenant_id::text), max(tenant_id::text) from app.many;
