-- The tables that have our policy for reading, our triggers or our default, and are in no registry, but for those that are parts of such
-- tables, by their names.
-- Expressions are compared as they are stored: pg_get_expr() would lock their tables.
with recursive covered (relation) as (
  select p.relation::oid from tenancy.protection p
  union
  select i.inhrelid from covered join pg_inherits i on i.inhparent = covered.relation
),
found (relation) as (
  select t.tgrelid
  from pg_trigger t
  where t.tgfoid in (
    to_regprocedure('tenancy.check_row()'), to_regprocedure('tenancy.check_truncate()'), to_regprocedure('tenancy.name_tenant()')
  )
  union
  select d.adrelid
  from pg_attrdef d
  where exists (
    select from pg_proc f
    where f.pronamespace = 'tenancy'::regnamespace
      and f.proname in ('writable_tenant', 'writable_tenant_number')
      and d.adbin::text like '%{FUNCEXPR :funcid ' || f.oid || ' %'
  )
  union
  select p.polrelid
  from pg_policy p
  join pg_attribute a on a.attrelid = p.polrelid and a.attnum > 0 and not a.attisdropped
  where p.polname = 'tenancy_select'
    and p.polcmd = 'r'
    and p.polpermissive
    and p.polroles = array[0::oid]
    and exists (
      select from pg_proc f
      where f.pronamespace = 'tenancy'::regnamespace
        and f.proname in ('can_read', 'can_read_number')
        and p.polqual::text ~ format(E'^\\{FUNCEXPR :funcid %s [^{}]*:args \\(\\{VAR :varno 1 :varattno %s [^{}]*\\}\\) :location -?\\d+\\}$', f.oid, a.attnum)
    )
),
part (relation) as (
  select i.inhrelid from found join pg_inherits i on i.inhparent = found.relation
  union
  select i.inhrelid from part join pg_inherits i on i.inhparent = part.relation
)
select c.oid
from found
join pg_class c on c.oid = found.relation
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
  and c.relpersistence <> 't'
  and n.nspname <> 'tenancy'
  and c.oid not in (select covered.relation from covered)
  and c.oid not in (select part.relation from part)
order by n.nspname collate "C", c.relname collate "C"
