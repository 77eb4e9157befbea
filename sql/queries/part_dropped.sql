-- Was a table dropped that was protected, be it as a part of another?
select exists (
  select from pg_event_trigger_dropped_objects() d
  where d.object_type = 'trigger'
    and d.address_names[3] = '00_tenancy_row'
)
