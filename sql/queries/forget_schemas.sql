-- Dropped schemas.
delete from tenancy.governed_schemas g
using pg_event_trigger_dropped_objects() d
where d.object_type = 'schema'
  and g.schema_name = d.object_name
