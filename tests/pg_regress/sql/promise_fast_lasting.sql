-- Promise 5, who reads all tenants beyond the transaction: rows are not asked one by one, not even by a condition. That the right is
-- still there is asked when an execution begins, so that kept plans lose it with the session.
\i include/world.sql
\set ECHO none
create table app.log (n integer);
grant insert on app.log to app;
alter table app.log owner to owner;
set role owner;
create rule leaves as on insert to app.log do also (select tenancy.leave(); select title from app.documents);
reset role;
\c - app
\set ECHO all
set max_parallel_workers_per_gather = 0;
set plan_cache_mode = force_generic_plan;
prepare titles as select title from app.documents;
create function pg_temp.titles() returns text language plpgsql as $$ begin return (select string_agg(title, ', ' order by id) from app.documents); end $$;

-- for the transaction only: plans serve the next one, and nobody in between
begin;
call app.act_as('ada');
explain (costs off) execute titles;
commit;
execute titles;

-- for the session
deallocate titles;
prepare titles as select title from app.documents;
call app.act_as('ada', null, true);
explain (costs off) execute titles;
explain (costs off) select title from app.articles where title <> 'x';
execute titles; select pg_temp.titles();
-- rows that are locked or changed may be newer than what the session knew when the statement began: those are asked
explain (costs off) select title from app.documents for update;
explain (costs off) update app.documents set title = 'x';

-- kept plans, whoever acts next
begin; select tenancy.leave(); execute titles; select pg_temp.titles(); commit;
execute titles; select pg_temp.titles();
select tenancy.leave();
execute titles; select pg_temp.titles();
call app.act_as('gus', null, true);
execute titles; select pg_temp.titles();
call app.act_as('ada', null, true);
execute titles; select pg_temp.titles();
begin; call app.act_as('ann'); execute titles; select pg_temp.titles(); commit;
execute titles; select pg_temp.titles();
reset all;
set plan_cache_mode = force_generic_plan;
execute titles; select pg_temp.titles();

-- a cursor keeps the right no longer than the session does
call app.act_as('ada', null, true);
begin;
declare opened cursor for select title from app.documents order by id;
fetch 1 from opened;
select tenancy.leave();
declare late cursor for select title from app.documents order by id;
fetch 1 from late;
fetch 1 from opened;
rollback;

-- planned together with what makes the session leave, executed after it
select pg_temp.titles();
insert into app.log values (1);
execute titles;

-- a login that stands for such a user
\c - carol
explain (costs off) select title from app.documents;
