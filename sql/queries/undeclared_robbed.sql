-- A table of a governed schema that is not protected and whose trigger that refuses rows was dropped.
select c.oid
from pg_event_trigger_dropped_objects() d
join pg_class c on c.oid = to_regclass(format('%I.%I', d.address_names[1], d.address_names[2]))
join pg_namespace n on n.oid = c.relnamespace
join tenancy.governed_schemas g on g.schema_name = n.nspname
where d.object_type = 'trigger'
  and d.address_names[3] = '00_tenancy_undeclared'
limit 1
