-- Our event triggers that are off, or that a setting switches off.
select
  'event trigger ' || quote_ident(e.evtname),
  'It does not always fire: what DDL does to protected tables is not followed.',
  format('alter event trigger %I enable always', e.evtname)
from pg_event_trigger e
join pg_proc p on p.oid = e.evtfoid
where p.pronamespace = 'tenancy'::regnamespace
  and e.evtenabled <> 'A'
