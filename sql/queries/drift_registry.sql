-- Where the registry and the catalog contradict each other.
-- Expressions are compared as they are stored: pg_get_expr() would lock their tables.
with recursive covered (relation, root) as (
  select p.relation::oid, p.relation from tenancy.protection p
  union
  select i.inhrelid, covered.root from covered join pg_inherits i on i.inhparent = covered.relation
),
lost (relation) as (
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
lost_part (relation) as (
  select i.inhrelid from lost join pg_inherits i on i.inhparent = lost.relation
  union
  select i.inhrelid from lost_part join pg_inherits i on i.inhparent = lost_part.relation
)
select 'registry_table', p.relation::oid, format('table %s', p.relation),
  'the registry names a table that is not there',
  format('delete from tenancy.protection where relation = %L::regclass', p.relation::oid)
from tenancy.protection p
where not exists (select from pg_class c where c.oid = p.relation)
union all
select 'registry_part', p.relation::oid, format('table %s', p.relation),
  format('the registry protects the table in its own right, but it has become a part of %s', covered.root),
  format('select tenancy.mend(%L)', covered.root::text)
from tenancy.protection p
join covered on covered.relation = p.relation and covered.root <> p.relation
union all
select 'registry_module', m.relation::oid, format('table %s', m.relation),
  'modules name a table that is not there',
  format('delete from tenancy.module_tables where relation = %L::regclass', m.relation::oid)
from tenancy.module_tables m
where not exists (select from pg_class c where c.oid = m.relation)
group by m.relation
union all
select 'registry_reference', s.relation::oid, format('constraint %I on %s', s.constraint_name, s.relation),
  'the registry names a foreign key that is not there',
  format('delete from tenancy.reference_settings where relation = %L::regclass and constraint_name = %L', s.relation::oid, s.constraint_name)
from tenancy.reference_settings s
where not exists (
  select from pg_constraint k where k.conrelid = s.relation and k.conname = s.constraint_name and k.contype = 'f'
)
union all
select 'reference_unregistered', k.conrelid, format('constraint %I on %s', k.conname, k.conrelid::regclass),
  'rows that were there before this foreign key were not looked at: they may refer to rows that they may not refer to',
  format('select tenancy.mend(%L)', k.conrelid::regclass::text)
from pg_constraint k
where k.contype = 'f'
  and k.conparentid = 0
  and k.conrelid in (select covered.relation from covered)
  and k.confrelid in (select covered.relation from covered)
  and not exists (
    select from tenancy.reference_settings s where s.relation = k.conrelid and s.constraint_name = k.conname
  )
union all
select 'policies_without_protection', c.oid, format('table %s', c.oid::regclass),
  'the table has policies, triggers or the default of tenancy, but is neither protected nor part of a protected table: it takes no rows',
  format('select tenancy.mend(%L)', c.oid::regclass::text)
from lost
join pg_class c on c.oid = lost.relation and c.relkind in ('r', 'p')
where c.relnamespace <> 'tenancy'::regnamespace
  and c.relpersistence <> 't'
  and c.oid not in (select covered.relation from covered)
  -- mend() is for the table at the top
  and c.oid not in (select lost_part.relation from lost_part)
