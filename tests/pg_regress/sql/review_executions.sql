-- What is known when an execution begins, and what has changed when it goes on.
\i include/world.sql
\c - app

-- Who reads all tenants has no condition in the plan. That the right is there is asked whenever rows are: a cursor does not keep it.
call app.act_as('ada', for_session => true);
begin;
declare opened cursor for select id from app.documents;
fetch 1 from opened;
fetch 1 from opened;
select from tenancy.leave();
fetch 1 from opened;
rollback;
call app.act_as('ada', for_session => true);
begin;
declare opened cursor with hold for select id from app.documents;
select from tenancy.leave();
commit;
call app.act_as('ada', for_session => true);
do $$
declare
  title text;
begin
  for title in select d.title from app.documents d, generate_series(1, 100) loop
    perform tenancy.leave();
  end loop;
end
$$;
create function pg_temp.titles() returns setof text language sql volatile as 'select title from app.documents';
create function pg_temp.leaves() returns boolean language plpgsql as 'begin perform tenancy.leave(); return true; end';
call app.act_as('ada', for_session => true);
select count(*) from (select pg_temp.titles()) titles;
select pg_temp.titles(), pg_temp.leaves();

-- What was asked for one row is not at hand for the next if somebody entered or left in between.
\c - app
select n, case n when 2 then tenancy.enter(md5('ann')::uuid)::text end as enters, tenancy.can_read(:acme) from generate_series(1, 3) n;
begin;
call app.act_as('ann');
select n, case n when 2 then tenancy.leave()::text end as leaves, tenancy.can_read(:acme), tenancy.own_tenant() from generate_series(1, 3) n;
rollback;

-- What a procedure was called with is the same after it has committed.
\c - app
create procedure pg_temp.commits(own uuid, reads uuid, writes uuid, several uuid[], called_with text)
  language plpgsql as $$
begin
  for nth in 1 .. 3 loop
    commit;
    perform tenancy.enter(md5('gus')::uuid);
    perform count(*) from app.documents;
    if (own, reads, writes, several)::text <> called_with then
      raise notice 'commit %: % is now %', nth, called_with, (own, reads, writes, several)::text;
    end if;
  end loop;
end
$$;
call app.act_as('ann', for_session => true);
select (tenancy.own_tenant(), tenancy.read_tenant(), tenancy.write_tenant(), tenancy.readable_tenants())::text as called_with \gset
call pg_temp.commits(tenancy.own_tenant(), tenancy.read_tenant(), tenancy.write_tenant(), tenancy.readable_tenants(), :'called_with');

-- An index scan asks for its tenant once, when it begins. Further rows are refused when the session is no longer who it was.
\c - owner
create index on app.documents (tenant_id);
\c - app
set enable_seqscan = off;
set enable_bitmapscan = off;
begin;
call app.act_as('ann');
declare opened scroll cursor for select id from app.documents;
fetch 1 from opened;
select from tenancy.leave();
savepoint here;
fetch 1 from opened;
rollback to here;
fetch backward 1 from opened;
rollback;
-- a cursor from before the entry, read in a savepoint that is rolled back
set plan_cache_mode = force_generic_plan;
call app.act_as('gus', for_session => true);
create function pg_temp.opened() returns refcursor language plpgsql as $$
declare
  opened refcursor := 'opened';
begin
  open opened for select title from app.documents;
  return opened;
end
$$;
select pg_temp.opened();
begin;
select pg_temp.opened();
savepoint here;
call app.act_as('ann');
fetch 1 from opened;
rollback to here;
select tenancy.current_tenant() = :globex as is_globex;
fetch 1 from opened;
rollback;
-- all at once, then backwards
begin;
declare opened scroll cursor for select title from app.documents;
savepoint here;
call app.act_as('gus');
fetch all from opened;
release here;
select from tenancy.leave();
fetch backward all from opened;
rollback;
-- in a loop, and where a function gives its rows one by one
do $$
declare
  found text;
begin
  for found in select d.title from app.documents d, generate_series(1, 100) loop
    perform tenancy.leave();
  end loop;
end
$$;
create function pg_temp.titles() returns setof text language sql volatile as 'select title from app.documents';
create function pg_temp.leaves() returns boolean language plpgsql as 'begin perform tenancy.leave(); return true; end';
select pg_temp.titles(), pg_temp.leaves();
-- What reads nothing that is protected goes on. So does one who acts for the same as before, or may more.
select from tenancy.leave();
begin;
declare plain cursor for select n from generate_series(1, 3) n;
fetch 1 from plain;
call app.act_as('ann');
fetch 1 from plain;
declare opened cursor for select id from app.documents;
fetch 1 from opened;
call app.act_as('ann');
fetch 1 from opened;
commit;
-- a superuser's cursor has no policies
\c - postgres
set enable_seqscan = off;
begin;
declare opened cursor for select id from app.documents;
fetch 1 from opened;
call app.act_as('ann');
fetch 1 from opened;
select from tenancy.leave();
fetch 1 from opened;
commit;
