-- The tables of governed schemas that the DDL command was about and that are neither protected nor parts of a protected table:
-- table, kind, whether it has the trigger that refuses rows, whether as it was made.
with recursive touched as (
  select distinct c.oid, c.relkind, n.nspname
  from pg_event_trigger_ddl_commands() d
  left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid
  join pg_class c on c.oid = coalesce(t.tgrelid, d.objid) and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
  join pg_namespace n on n.oid = c.relnamespace
  join tenancy.governed_schemas g on g.schema_name = n.nspname
  where d.classid in ('pg_class'::regclass, 'pg_trigger'::regclass)
),
up (touched, relation) as (
  select touched.oid, touched.oid from touched
  union
  select up.touched, i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
)
select t.oid, t.relkind::text, exists (
  select from pg_trigger g
  where g.tgrelid = t.oid
    and (g.tgname = '00_tenancy_undeclared' or g.tgfoid = to_regprocedure('tenancy.refuse_undeclared()'))
), exists (
  select from pg_trigger g
  where g.tgrelid = t.oid
    and g.tgname = '00_tenancy_undeclared'
    and g.tgfoid = to_regprocedure('tenancy.refuse_undeclared()')
    and g.tgenabled = 'A'
    and g.tgtype = 2 + 4
    and g.tgqual is null
)
from touched t
where not exists (
  select from up join tenancy.protection p on p.relation = up.relation where up.touched = t.oid
)
order by t.oid
