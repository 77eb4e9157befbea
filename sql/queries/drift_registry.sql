-- Where the registry and the catalog contradict each other.
with recursive covered (relation, root) as (
  select p.relation::oid, p.relation from tenancy.protection p
  union
  select i.inhrelid, covered.root from covered join pg_inherits i on i.inhparent = covered.relation
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
  'the table carries policies of tenancy, but is neither protected nor part of a protected table: its references are not looked at',
  format(
    '%s; select tenancy.protect(%L, %L, %L)',
    -- protect() makes its own
    (
      select string_agg(format('drop policy %I on %s', o.polname, c.oid::regclass), '; ' order by o.polname)
      from pg_policy o
      where o.polrelid = c.oid and o.polname in ('tenancy_select', 'tenancy_insert', 'tenancy_update', 'tenancy_delete')
    ),
    c.oid::regclass::text,
    case when a.attnotnull then 'required' else 'optional' end,
    a.attname
  )
from pg_policy p
join pg_class c on c.oid = p.polrelid and c.relkind in ('r', 'p')
join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refobjid = c.oid and d.refobjsubid > 0
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where p.polname = 'tenancy_select'
  and c.relnamespace <> 'tenancy'::regnamespace
  and c.oid not in (select covered.relation from covered)
  -- protect() is for the table at the top
  and not exists (select from pg_inherits i join pg_policy o on o.polrelid = i.inhparent where i.inhrelid = c.oid and o.polname = p.polname)
