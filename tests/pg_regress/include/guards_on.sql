\set ECHO none
do $$
declare
  guard name;
begin
  for guard in select evtname from pg_event_trigger order by evtname loop
    execute format('alter event trigger %I enable always', guard);
  end loop;
end
$$;
\set ECHO all
