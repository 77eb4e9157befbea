-- A table that is not protected and whose trigger that refuses rows was dropped, in a governed schema or a part of a table that takes
-- no rows yet.
with recursive robbed as (
  select c.oid, n.nspname
  from pg_event_trigger_dropped_objects() d
  join pg_class c on c.oid = to_regclass(format('%I.%I', d.address_names[1], d.address_names[2]))
  join pg_namespace n on n.oid = c.relnamespace
  where d.object_type = 'trigger' and d.address_names[3] = '00_tenancy_undeclared'
),
up (robbed, relation) as (
  select robbed.oid, i.inhparent from robbed join pg_inherits i on i.inhrelid = robbed.oid
  union
  select up.robbed, i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
)
select r.oid
from robbed r
where r.nspname in (select g.schema_name from tenancy.governed_schemas g)
  or exists (
    select from up join pg_trigger a on a.tgrelid = up.relation and a.tgname = '00_tenancy_undeclared' where up.robbed = r.oid
  )
limit 1
