-- Tokens in transactions, savepoints, sessions and plans: one transaction acts for one identity, never a wider or an older one.
\i include/world.sql
\i include/tokens.sql
\c - app
select app.token_of('ann') as ann, app.token_of('gus') as gus, app.token_of('mia') as mia,
  app.token_of('ann', '{"tenancy.role": "worker"}') as worker \gset

-- the token is not to be read by who can send SQL
set tenancy.token = :'ann';
select app.seen();
show tenancy.token;
select current_setting('tenancy.token');
select set_config('tenancy.token', :'ann', false);
select count(*) from pg_settings where name = 'tenancy.token';
reset tenancy.token;
select app.seen();

-- it ends with the transaction, or the session's settings
begin; set local tenancy.token = :'ann'; select app.seen(); commit;
select app.seen();
begin; select tenancy.authenticate(:'ann'); select app.seen(); rollback;
select app.seen();
set tenancy.token = :'ann'; select app.seen(); reset all; select app.seen();
set tenancy.token = :'ann'; select app.seen(); discard all; select app.seen();
select tenancy.authenticate(:'ann', for_session => true); select app.seen(); discard all; select app.seen();
select tenancy.authenticate(:'ann', true); select app.seen();
begin; select tenancy.leave(); select app.seen(); commit;
select app.seen();
begin; select tenancy.authenticate(:'ann', true); rollback;
select app.seen();

-- a second, different one in the same transaction
begin; set local tenancy.token = :'ann'; select app.seen(); set local tenancy.token = :'gus'; select app.seen(); rollback;
begin; set local tenancy.token = :'ann'; select app.seen(); set local tenancy.token = :'worker'; select app.seen(); rollback;
begin; set local tenancy.token = :'ann'; set local tenancy.token = :'gus'; select app.seen(); commit;
begin; set local tenancy.token = :'ann'; select app.seen(); select tenancy.authenticate(:'gus'); rollback;
begin; set local tenancy.token = :'ann'; select tenancy.authenticate(:'gus'); select app.seen(); commit;
begin; select tenancy.authenticate(:'ann'); select tenancy.authenticate(:'ann'); select app.seen(); commit;
begin; select tenancy.authenticate(:'ann'); select tenancy.authenticate(:'gus'); rollback;
begin; select tenancy.authenticate(:'ann'); select app.seen(); set local tenancy.token = 'x'; select app.seen(); rollback;
-- emptied: nobody, and nobody else
begin; set local tenancy.token = :'ann'; select app.seen(); set local tenancy.token = ''; select app.seen(); set local tenancy.token = :'gus'; select app.seen(); rollback;
begin; set local tenancy.token = :'ann'; select app.seen(); reset tenancy.token; select app.seen(); call app.act_as('gus'); rollback;
-- a cursor opened for one
begin;
set local tenancy.token = :'ann';
declare reader cursor for select title from app.documents order by id;
fetch reader;
set local tenancy.token = :'gus';
fetch reader;
rollback;
begin;
set local tenancy.token = :'ann';
declare reader cursor for select title from app.documents order by id;
fetch reader;
set local tenancy.token = '';
fetch reader;
rollback;

-- with enter(): both name the same, or it is refused
begin; call app.act_as('ann'); set local tenancy.token = :'ann'; select app.seen(); commit;
begin; call app.act_as('ann'); set local tenancy.token = :'gus'; select app.seen(); rollback;
begin; call app.act_as('ann'); set local tenancy.token = :'worker'; select app.seen(); rollback;
begin; call app.act_as('ann'); set local tenancy.token = 'x'; select app.seen(); rollback;
begin; set local tenancy.token = :'ann'; call app.act_as('ann'); select app.seen(); commit;
begin; set local tenancy.token = :'ann'; call app.act_as('gus'); rollback;
begin; set local tenancy.token = :'ann'; select app.seen(); call app.act_as('gus'); rollback;
begin; call app.act_as('ann'); select tenancy.authenticate(:'gus'); rollback;
begin; select tenancy.leave(); set local tenancy.token = :'ann'; select app.seen(); rollback;
begin; select tenancy.leave(); select tenancy.authenticate(:'ann'); select app.seen(); commit;
call app.act_as('gus', for_session => true);
begin; select tenancy.authenticate(:'ann'); select app.seen(); commit;
select app.seen();
begin; set local tenancy.token = :'ann'; select app.seen(); rollback;
begin; select tenancy.leave(); commit;

-- savepoints: never wider, never older
begin; savepoint s; set local tenancy.token = :'ann'; select app.seen(); rollback to s; select app.seen();
set local tenancy.token = :'gus'; select app.seen(); rollback;
begin; set local tenancy.token = :'gus'; savepoint s; set local tenancy.token = :'ann'; select app.seen(); rollback to s; select app.seen(); rollback;
begin; set local tenancy.token = :'ann'; select app.seen(); savepoint s; set local tenancy.token = :'mia'; select app.seen(); rollback to s; select app.seen(); commit;
begin; set local tenancy.token = :'ann'; savepoint s; select tenancy.leave(); rollback;
begin; savepoint s; select tenancy.authenticate(:'ann'); select tenancy.leave(); select app.seen(); rollback to s; select app.seen(); commit;
begin; do $$ begin perform set_config('tenancy.token', app.token_of('ann'), true); perform app.seen(); raise 'x'; exception when others then end $$;
select app.seen(); rollback;
set tenancy.token = :'gus';
begin; savepoint s; set local tenancy.token = :'ann'; select app.seen(); rollback to s; select app.seen(); rollback;
select app.seen();
reset tenancy.token;

-- a function that brings a token of its own
do $$ begin execute format('create function pg_temp.as_gus() returns text language sql set tenancy.token = %L as ''select app.seen()''',
  app.token_of('gus')); end $$;
begin; select pg_temp.as_gus(); select app.seen(); commit;
begin; set local tenancy.token = :'ann'; select app.seen(); select pg_temp.as_gus(); rollback;
begin; set local tenancy.token = :'ann'; select pg_temp.as_gus(); select app.seen(); rollback;

-- it expires in the middle of a transaction: what has begun goes on, the next statement does not begin
begin;
select tenancy.authenticate(app.token_of('ann', jsonb_build_object('exp', app.at('-26 s'))));
select app.seen();
select pg_sleep(4.6), app.seen();
select app.seen();
rollback;
select tenancy.authenticate(app.token_of('ann', jsonb_build_object('exp', app.at('-26 s'))), true);
select app.seen();
select pg_sleep(4.6);
select app.seen();
select app.seen();
discard all;
select app.seen();

-- rights are taken away in the middle of a session
set tenancy.token = :'ann';
select app.seen();
\c - postgres
update tenancy.users set login_enabled = false where id = md5('ann')::uuid;
\c - app
set tenancy.token = :'ann';
select app.seen();
select tenancy.current_user_id();
\c - postgres
update tenancy.users set login_enabled = true where id = md5('ann')::uuid;

-- plans: prepared for one shape of context, asked for another; first and later times
\c - app
prepare all_of_them as select string_agg(title, ', ' order by id) from app.documents;
set plan_cache_mode = force_generic_plan;
begin; set local tenancy.token = :'ann'; execute all_of_them; commit;
begin; set local tenancy.token = :'mia'; execute all_of_them; commit;
begin; set local tenancy.token = :'gus'; execute all_of_them; commit;
begin; set local tenancy.token = :'mia'; execute all_of_them; commit;
execute all_of_them;
begin; call app.act_as('mia'); execute all_of_them; commit;
begin; set local tenancy.token = :'ann'; execute all_of_them; commit;
\c - postgres
update tenancy.roles set read_access = 'home_subtenants' where name = 'worker';
\c - app
begin; set local tenancy.token = :'ann'; select app.seen(); commit;
\c - postgres
update tenancy.roles set read_access = 'home' where name = 'worker';

-- logins that stand for users: the token goes before the login
\c - alice
select app.seen();
begin; set local tenancy.token = :'gus'; select app.seen(); commit;
begin; select app.seen(); set local tenancy.token = :'gus'; select app.seen(); rollback;
begin; set local tenancy.token = :'gus'; select app.seen(); set local tenancy.token = ''; select app.seen(); rollback;
begin; savepoint s; set local tenancy.token = :'gus'; select app.seen(); rollback to s; select app.seen(); rollback;
begin; select tenancy.authenticate(:'ann'); select app.seen(); select tenancy.leave(); select app.seen(); commit;
select app.seen();

-- parallel workers have the same answer, also when they verify the token themselves
\c - owner
create table app.numbers as select n, :acme::uuid as tenant_id from generate_series(1, 20000) n;
\o /dev/null
select tenancy.protect('app.numbers', 'required', create_index => 'never');
\o
grant select on app.numbers to public;
analyze app.numbers;
\c - app
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set min_parallel_table_scan_size = 0;
set parallel_leader_participation = off;
begin; set local tenancy.token = :'ann'; explain (costs off) select count(*) from app.numbers; select count(*) from app.numbers; commit;
begin; set local tenancy.token = :'gus'; select count(*) from app.numbers; commit;
begin; select tenancy.authenticate(app.token_of('ann', jsonb_build_object('exp', app.at('-26 s')))); select count(*) from app.numbers; commit;

-- set before the library is loaded: a token proves itself all the same, a context is thrown away
\c - app
set tenancy.context = 'user 00000000-0000-0000-0000-000000000000';
select set_config('tenancy.context', 'tenant a0000000-0000-0000-0000-000000000000 administrator', false);
begin; set local tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 administrator'; savepoint s;
set local tenancy.context = 'tenant b0000000-0000-0000-0000-000000000000 administrator';
select tenancy.current_tenant();
rollback to s;
select tenancy.current_tenant(), app.seen();
commit;
select tenancy.current_tenant(), app.seen();
\c - app
begin; set local tenancy.token = :'ann'; savepoint s; set local tenancy.token = 'forged'; rollback to s; select app.seen(); commit;
select app.seen();
\c - app
set tenancy.token = 'forged';
select app.seen();
\c - app
alter role app in database :"DBNAME" set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 administrator';
\c - app
select app.seen();
\c - postgres
alter role app in database :"DBNAME" reset all;
