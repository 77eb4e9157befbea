-- The tables that the DDL command was about, and parts of them, that are neither protected nor parts of a protected table, and that
-- are in a governed schema or parts of a table that takes no rows yet: table, kind, whether it has the trigger that refuses rows,
-- whether as it was made, whether it is a part of such a table, whether rows come into it by a table above it that is open.
with recursive commanded as (
  select coalesce(t.tgrelid, d.objid) as relation
  from pg_event_trigger_ddl_commands() d
  left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid
  where d.classid in ('pg_class'::regclass, 'pg_trigger'::regclass)
),
down (relation) as (
  select commanded.relation from commanded
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
up (touched, relation) as (
  select down.relation, down.relation from down
  union
  select up.touched, i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
),
judged as (
  select
    c.oid,
    c.relkind,
    c.relnamespace,
    g.tgname is not null as has_trigger,
    coalesce(
      g.tgname = '00_tenancy_undeclared'
        and g.tgfoid = to_regprocedure('tenancy.refuse_undeclared()')
        and g.tgenabled = 'A'
        and g.tgtype = 2 + 4
        and g.tgqual is null,
      false
    ) as refuses_rows,
    exists (
      select from up join pg_trigger a on a.tgrelid = up.relation and a.tgname = '00_tenancy_undeclared'
      where up.touched = c.oid and up.relation <> c.oid
    ) as is_part,
    c.relispartition and exists (
      select
      from up
      join pg_class a on a.oid = up.relation
      join pg_namespace n on n.oid = a.relnamespace
      where up.touched = c.oid
        and up.relation <> c.oid
        and n.nspname not in (select g.schema_name from tenancy.governed_schemas g)
        and not exists (select from pg_trigger t where t.tgrelid = a.oid and t.tgname = '00_tenancy_undeclared')
    ) as is_open_above
  from pg_class c
  left join lateral (
    select *
    from pg_trigger g
    where g.tgrelid = c.oid
      and (g.tgname = '00_tenancy_undeclared' or g.tgfoid = to_regprocedure('tenancy.refuse_undeclared()'))
    order by g.tgname <> '00_tenancy_undeclared'
    limit 1
  ) g on true
  where c.oid in (select down.relation from down)
    and c.relkind in ('r', 'p', 'f')
    and c.relpersistence <> 't'
)
select j.oid, j.relkind::text, j.has_trigger, j.refuses_rows, j.is_part, j.is_open_above
from judged j
join pg_namespace n on n.oid = j.relnamespace
where (j.is_part or n.nspname in (select g.schema_name from tenancy.governed_schemas g))
  and not exists (
    select from up join tenancy.protection p on p.relation = up.relation where up.touched = j.oid
  )
order by j.oid
