-- Our event triggers that are off, that a setting switches off, or that are gone.
select
  'event trigger ' || quote_ident(e.evtname),
  'It does not always fire: what DDL does to protected tables is not followed.',
  format('alter event trigger %I enable always', e.evtname)
from pg_event_trigger e
join pg_proc p on p.oid = e.evtfoid
where p.pronamespace = 'tenancy'::regnamespace
  and e.evtenabled <> 'A'
union all
select
  'function ' || p.oid::regprocedure,
  'No event trigger calls it: what DDL does to protected tables is not followed.',
  null
from pg_proc p
where p.pronamespace = 'tenancy'::regnamespace
  and p.prorettype = 'event_trigger'::regtype
  and not exists (select from pg_event_trigger e where e.evtfoid = p.oid)
