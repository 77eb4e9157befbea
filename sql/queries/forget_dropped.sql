-- Dropped tables and foreign keys leave the registry.
with dropped as (
  select d.classid, d.objid, d.objsubid, d.object_type, d.address_names
  from pg_event_trigger_dropped_objects() d
),
tables as (
  delete from tenancy.protection p
  using dropped d
  where d.classid = 'pg_class'::regclass
    and d.objsubid = 0
    and p.relation = d.objid
),
adoptions as (
  delete from tenancy.adoptions a
  using dropped d
  where d.classid = 'pg_class'::regclass
    and d.objsubid = 0
    and a.relation = d.objid
),
members as (
  delete from tenancy.module_tables m
  using dropped d
  where d.classid = 'pg_class'::regclass
    and m.relation = d.objid
),
declarations as (
  delete from tenancy.referring_owners o
  using dropped d
  where d.classid = 'pg_class'::regclass
    and d.objsubid = 0
    and o.relation = d.objid
),
references_of_tables as (
  delete from tenancy.reference_settings s
  using dropped d
  where d.classid = 'pg_class'::regclass
    and d.objsubid = 0
    and s.relation = d.objid
)
delete from tenancy.reference_settings s
using dropped d
where d.object_type = 'table constraint'
  and s.relation = to_regclass(format('%I.%I', d.address_names[1], d.address_names[2]))
  and s.constraint_name = d.address_names[3]
