-- Promise 1, invisible: whatever node of a plan holds rows back, a cursor, portal or loop gives none of them once its session may do
-- less, or acts for somebody else, than when it gave the first one. (The protocol's portals: scenario/wire.held_back.)
\i include/nodes.sql
\c - app
create function pg_temp.leaves() returns boolean language plpgsql as 'begin perform tenancy.leave(); return true; end';

-- Asks for one row, leaves, and asks for a further one.
create function pg_temp.further_row(node text, query text, way text) returns text language plpgsql as $$
declare
  opened refcursor := 'opened';
  given record;
  plan text := '';
  line text;
  rows integer := 0;
begin
  call app.enter_several();
  for line in execute 'explain (costs off) ' || query loop
    plan := plan || line || e'\n';
  end loop;
  if plan !~ ('(^|\n|->) *' || node || '\M') then
    raise no_data_found using message = 'NOT IN THE PLAN: ' || plan;
  end if;
  case way
    when 'declared' then
      execute 'declare opened cursor for ' || query;
      execute 'fetch 1 from opened' into given;
      perform tenancy.leave();
      execute 'fetch 1 from opened' into given;
    when 'moved' then
      execute 'declare opened cursor for ' || query;
      execute 'move 1 from opened';
      perform tenancy.leave();
      execute 'fetch 1 from opened' into given;
    when 'backward' then
      execute 'declare opened scroll cursor for ' || query;
      execute 'fetch 3 from opened' into given;
      perform tenancy.leave();
      execute 'fetch backward 1 from opened' into given;
    when 'opened' then
      open opened for execute query;
      fetch opened into given;
      perform tenancy.leave();
      fetch opened into given;
    when 'loop' then
      for given in execute query loop
        rows := rows + 1;
        if rows = 1 then
          perform tenancy.leave();
        end if;
      end loop;
    when 'function' then
      execute 'create function pg_temp.given() returns setof text language sql volatile as ' || quote_literal('select q::text from (' || query || ') q');
      perform pg_temp.given(), pg_temp.leaves();
  end case;
  raise no_data_found using message = 'GOES ON';
exception
  when serialization_failure then return null;
  -- Rows that are locked are not read backward.
  when feature_not_supported then return null;
  when no_data_found then return sqlerrm;
end
$$;
create function pg_temp.tried(node text, off text[], query text) returns text language plpgsql as $$
declare
  way text;
  said text;
  all_said text;
begin
  for way in select * from unnest(off) loop
    perform set_config('enable_' || way, 'off', true);
  end loop;
  foreach way in array '{declared,moved,backward,opened,loop,function}'::text[] loop
    said := pg_temp.further_row(node, query, way);
    all_said := concat_ws(e'\n', all_said, way || ': ' || said);
  end loop;
  for way in select * from unnest(off) loop
    perform set_config('enable_' || way, 'on', true);
  end loop;
  return nullif(all_said, '');
end
$$;
select count(*) >= 39 as so_many_nodes from app.nodes where not in_portals_only;
-- Whatever does anything but refuse, and whatever has not the plan that is meant, is listed.
select node, other_than_refused
from app.nodes, pg_temp.tried(node, off, query) as other_than_refused
where not in_portals_only and other_than_refused is not null;

-- Rows that nobody has been given yet: a sort holds all of them with its first one.
begin;
call app.enter_several();
declare opened scroll cursor for select id from app.doc order by body, id;
fetch 0 from opened;
select from tenancy.leave();
fetch 1 from opened;
commit;
begin;
declare opened scroll cursor for select id from app.doc order by body, id;
call app.enter_several();
move 1 from opened;
select from tenancy.leave();
fetch first from opened;
rollback;
-- Opened and read by nobody, who has rows of his own; read on by somebody.
begin;
declare opened cursor for select n from generate_series(1, 3) n union all (select id from app.doc order by body, id);
fetch 1 from opened;
call app.enter_several();
fetch 3 from opened;
fetch 1 from opened;
select from tenancy.leave();
fetch 1 from opened;
rollback;
-- Somebody acts only in a savepoint that is rolled back.
begin;
declare opened cursor for select id from app.doc order by body, id;
savepoint here;
call app.enter_several();
fetch 1 from opened;
rollback to here;
fetch 1 from opened;
rollback;
-- An error that was caught in between changes nothing.
create function pg_temp.catches(id integer) returns integer language plpgsql as $$
begin
  perform pg_temp.given(), pg_temp.fails();
  return id;
exception when division_by_zero then return id;
end
$$;
create function pg_temp.fails() returns boolean language plpgsql as 'begin return 1 / 0 = 1; end';
create function pg_temp.given() returns setof text language sql volatile as 'select body from app.doc order by id';
begin;
call app.enter_several();
declare opened cursor for select pg_temp.catches(n) from generate_series(1, 3) n;
fetch 1 from opened;
select from tenancy.leave();
fetch 1 from opened;
rollback;
-- WITH HOLD: what was read by the end of the transaction stays in the session. What is to be read then is read by who acts then.
begin;
call app.enter_several();
declare held cursor with hold for select id from app.doc order by id;
fetch 1 from held;
commit;
fetch 1 from held;
close held;
begin;
call app.enter_several();
declare held cursor with hold for select id from app.doc order by id;
select from tenancy.leave();
commit;
fetch 1 from held;
close held;
begin;
call app.enter_several();
declare held cursor with hold for select id from app.doc order by id;
fetch 1 from held;
select from tenancy.leave();
commit;
fetch 1 from held;
-- A loop of a procedure that commits has read all of its rows by its first COMMIT.
create procedure pg_temp.commits() language plpgsql as $$
declare
  id integer;
  ids integer[];
begin
  call app.enter_several();
  for id in select d.id from app.doc d order by d.id loop
    commit;
    ids := ids || id;
  end loop;
  raise notice '% rows, read by %', cardinality(ids), coalesce(tenancy.current_tenant()::text, 'nobody');
end
$$;
call pg_temp.commits();
-- A loop of a function in PL/pgSQL fetches ahead: ten rows, then fifty each time.
create function pg_temp.fetches_ahead() returns void language plpgsql as $$
declare
  id integer;
  rows integer := 0;
begin
  call app.enter_several();
  for id in select d.id from app.doc d order by d.id loop
    rows := rows + 1;
    if rows = 1 then
      perform tenancy.leave();
    elsif rows >= 10 then
      raise notice 'row %', rows;
    end if;
  end loop;
end
$$;
select pg_temp.fetches_ahead();
-- More rights, and what leans on none, go on.
begin;
declare plain cursor for select n from generate_series(1, 3) n order by -n;
fetch 1 from plain;
call app.enter_several();
fetch 1 from plain;
declare opened cursor for select id from app.doc order by id;
fetch 1 from opened;
\c - postgres
begin;
call app.enter_several();
declare opened cursor for select id from app.doc order by id;
fetch 1 from opened;
select from tenancy.leave();
fetch 1 from opened;
commit;
