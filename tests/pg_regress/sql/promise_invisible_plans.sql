-- Promise 1, invisible: plans that are kept, cursors, functions that remember, parallel workers.
\i include/world.sql
set role owner;
create function app.titles() returns text language plpgsql stable
  as $$ begin return (select string_agg(title, ', ' order by id) from app.documents); end $$;
create function app.titles_of_tenant() returns text language plpgsql stable
  as $$ begin return (select string_agg(title, ', ' order by id) from app.documents where tenant_id = tenancy.current_tenant()); end $$;
create function app.titles_sql() returns text language sql stable
  as $$ select string_agg(title, ', ' order by id) from app.documents $$;
create function app.add_title(id integer, title text) returns text language plpgsql
  as $$ begin insert into app.documents as d (id, title) values (add_title.id, add_title.title) returning d.title into title; return title; end $$;

\c - app
-- one connection, one prepared statement, many contexts, as behind a pooler
prepare titles as select string_agg(title, ', ' order by id) as titles from app.documents;
prepare titles_from (integer) as select string_agg(title, ', ' order by id) as titles from app.documents where id >= $1;
prepare joined as select string_agg(d.title || '/' || a.title, ', ' order by d.id, a.id) as titles
  from app.documents d join app.articles a using (tenant_id);
prepare shout (integer) as update app.documents set title = upper(title) where id >= $1 returning title;
prepare put (integer, text) as insert into app.documents (id, title) values ($1, $2) returning title, tenant_id;
prepare drop_all as delete from app.documents returning title;

set plan_cache_mode = force_generic_plan;
begin; call app.act_as('ada'); execute titles; execute titles_from(2); execute joined; select app.titles(), app.titles_sql(); commit;
execute titles; execute titles_from(2); execute joined; select app.titles(), app.titles_sql(), app.titles_of_tenant();
begin; call app.act_as('mia'); execute titles; execute titles_from(2); execute joined; select app.titles(), app.titles_sql(); commit;
begin; call app.act_as('gus'); execute titles; execute titles_from(2); execute joined; select app.titles(), app.titles_sql(), app.titles_of_tenant(); commit;
begin; call app.act_as('ann'); execute titles; execute titles_from(2); execute joined; select app.titles(), app.titles_sql(), app.titles_of_tenant(); commit;
execute titles;
begin; call app.act_as('ada'); execute titles; commit;

begin; call app.act_as('gus'); execute shout(1); rollback;
begin; call app.act_as('ann'); execute shout(1); execute put(20, 'new'); select app.add_title(21, 'newer'); rollback;
begin; call app.act_as('gus'); execute put(20, 'new'); select app.add_title(21, 'newer'); execute drop_all; rollback;
execute shout(1);
execute drop_all;
execute put(20, 'new');
begin; call app.act_as('mia'); execute put(20, 'new'); rollback;

set plan_cache_mode = force_custom_plan;
begin; call app.act_as('ada'); execute titles; execute titles_from(2); commit;
execute titles; execute titles_from(2);
begin; call app.act_as('gus'); execute titles; execute titles_from(2); select app.titles(); commit;
reset plan_cache_mode;

-- the switch to a generic plan comes with the sixth execution: each with another identity
begin; call app.act_as('ann'); execute titles_from(1); commit;
begin; call app.act_as('gus'); execute titles_from(1); commit;
begin; call app.act_as('eve'); execute titles_from(1); commit;
begin; call app.act_as('mia'); execute titles_from(1); commit;
begin; call app.act_as('ada'); execute titles_from(1); commit;
begin; call app.act_as('wes'); execute titles_from(1); commit;
begin; call app.act_as('gus'); execute titles_from(1); commit;
execute titles_from(1);

-- a plan made by a superuser, who sees all rows, does not serve the role that the session becomes
\c - postgres
set plan_cache_mode = force_generic_plan;
prepare titles as select string_agg(title, ', ' order by id) as titles from app.documents;
execute titles;
select app.titles(), app.titles_sql();
set role app;
execute titles;
select app.titles(), app.titles_sql();
begin; call app.act_as('gus'); execute titles; select app.titles(), app.titles_sql(); commit;
reset role;
execute titles;
set session authorization bob;
execute titles;
set session authorization alice;
execute titles;
reset session authorization;

-- cursors do not go on for somebody else, and end with the transaction
\c - app
begin;
call app.act_as('ann');
declare moving scroll cursor for select id, title from app.documents order by id;
fetch 1 from moving;
select tenancy.leave();
select title from app.documents;
savepoint here;
fetch all from moving;
rollback to here;
fetch backward all from moving;
commit;
fetch all from moving;

begin;
call app.act_as('ann');
declare changing cursor for select id, title from app.documents order by id for update;
fetch 1 from changing;
update app.documents set title = 'at the cursor' where current of changing returning title;
rollback;

-- WITH HOLD keeps a copy of what its own context could read
begin;
call app.act_as('ann');
declare held cursor with hold for select id, title from app.documents order by id;
commit;
fetch all from held;
close held;
-- opened by nobody, it stays empty whoever acts later
declare held cursor with hold for select id, title from app.documents order by id;
begin;
call app.act_as('ann');
fetch all from held;
commit;
close held;

-- a cursor opened before the entry: one transaction acts for one identity
begin;
declare early cursor for select id, title from app.documents order by id;
call app.act_as('gus');
fetch all from early;
commit;
begin;
call app.act_as('ann');
declare early cursor for select id, title from app.documents order by id;
select tenancy.leave();
call app.act_as('gus');
rollback;

-- a function that returns a cursor
\c - owner
create function app.open_documents() returns refcursor language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$ declare documents refcursor := 'documents'; begin open documents for select title from app.documents order by id; return documents; end $$;
\c - app
begin;
call app.act_as('gus');
select app.open_documents();
fetch all from documents;
commit;

-- parallel workers know the context
\c - owner
create table app.readings (id bigint, tenant_id uuid not null, value bigint);
\c - postgres
insert into app.readings select i, case i % 4 when 0 then :acme when 1 then :east when 2 then :west else :globex end::uuid, i
from generate_series(1, 40000) i;
\c - owner
select tenancy.protect('app.readings', 'required', create_index => 'never');
alter table app.readings set (parallel_workers = 2);
grant select on app.readings to public;
analyze app.readings;
create function app.plan_has_gather(query text) returns boolean language plpgsql as $$
declare line text;
begin
  for line in execute 'explain (costs off) ' || query loop
    if line ~ 'Gather' then return true; end if;
  end loop;
  return false;
end $$;
\c - app
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set min_parallel_table_scan_size = 0;
set plan_cache_mode = force_generic_plan;
prepare totals as select count(*), sum(value) from app.readings;
begin; call app.act_as('gus'); select app.plan_has_gather('execute totals') as parallel; execute totals; commit;
begin; call app.act_as('mia'); select app.plan_has_gather('execute totals') as parallel; execute totals; commit;
begin; call app.act_as('ada'); select app.plan_has_gather('execute totals') as parallel; execute totals; commit;
execute totals;
begin; call app.act_as('ann'); savepoint s; execute totals; rollback to s; execute totals; commit;
begin; call app.act_as('ann', for_session => true); commit;
execute totals;
begin; select tenancy.leave(); execute totals; commit;
execute totals;
\c - bob
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set min_parallel_table_scan_size = 0;
select count(*), sum(value) from app.readings;
select count(distinct tenant_id) from app.readings;
