\set ECHO none
-- As if DDL had run while our event triggers were off.
do $$
declare
  guard name;
begin
  for guard in select evtname from pg_event_trigger order by evtname loop
    execute format('alter event trigger %I disable', guard);
  end loop;
end
$$;
\set ECHO all
