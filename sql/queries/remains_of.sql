-- $1 relation. What it has of tenancy, if it is in no registry: the table at the top of those that it is a part of and that have something;
-- of that table, the columns that our default or our policy for reading asks for, what they hold, whether any may be NULL, and whether
-- rows are to take their tenant from a reference; whether there is more than a default; of the relation itself, whether row security is
-- in force, whether each of our triggers fires always, whether each bears its name.
-- Expressions are compared as they are stored: pg_get_expr() would lock their tables.
with recursive up (relation, step) as (
  select $1::oid, 0
  union all
  select i.inhparent, up.step + 1 from up join pg_inherits i on i.inhrelid = up.relation
),
tenant_column (relation, step, name, key, nullable, by_policy) as (
  select a.attrelid, up.step, a.attname::text, case a.atttypid when 'uuid'::regtype then 'uuid' else 'number' end,
    not a.attnotnull or exists (
      select from pg_constraint n
      where n.conrelid = a.attrelid and n.contype = 'n' and n.conkey = array[a.attnum] and not n.convalidated
    ),
    p.oid is not null
  from up
  join pg_attribute a on a.attrelid = up.relation and a.attnum > 0 and not a.attisdropped
  left join pg_policy p on p.polrelid = a.attrelid
    and p.polname = 'tenancy_select'
    and p.polcmd = 'r'
    and p.polpermissive
    and p.polroles = array[0::oid]
    and exists (
      select from pg_proc f
      where f.pronamespace = 'tenancy'::regnamespace
        and f.proname in ('can_read', 'can_read_number')
        and p.polqual::text ~ format(E'^\\{FUNCEXPR :funcid %s [^{}]*:args \\(\\{VAR :varno 1 :varattno %s [^{}]*\\}\\) :location -?\\d+\\}$', f.oid, a.attnum)
    )
  where p.oid is not null
    or exists (
      select from pg_attrdef d
      where d.adrelid = a.attrelid
        and d.adnum = a.attnum
        and exists (
          select from pg_proc f
          where f.pronamespace = 'tenancy'::regnamespace
            and f.proname in ('writable_tenant', 'writable_tenant_number')
            and d.adbin::text like '%{FUNCEXPR :funcid ' || f.oid || ' %'
        )
    )
),
our_trigger (relation, step, name, function, enabled) as (
  select t.tgrelid, up.step, t.tgname, t.tgfoid, t.tgenabled
  from up
  join pg_trigger t on t.tgrelid = up.relation
  where t.tgfoid in (
    to_regprocedure('tenancy.check_row()'), to_regprocedure('tenancy.check_truncate()'), to_regprocedure('tenancy.name_tenant()')
  )
),
top (relation) as (
  select found.relation
  from (select relation, step from tenant_column union all select relation, step from our_trigger) found
  order by found.step desc
  limit 1
)
select
  top.relation,
  array(select name from tenant_column where relation = top.relation order by name),
  array(select key from tenant_column where relation = top.relation order by name),
  exists (select from tenant_column where relation = top.relation and nullable),
  exists (select from our_trigger where relation = top.relation and function = to_regprocedure('tenancy.name_tenant()')),
  exists (select from our_trigger) or exists (select from tenant_column where by_policy),
  c.relrowsecurity and c.relforcerowsecurity,
  not exists (select from our_trigger where relation = $1 and enabled <> 'A'),
  not exists (
    select from our_trigger
    where relation = $1
      and name not in ('00_tenancy_row', '00_tenancy_delete', '00_tenancy_deferred', '00_tenancy_truncate', '00_tenancy_name', 'zz_tenancy_name')
  )
from top
join pg_class c on c.oid = $1
where c.relkind in ('r', 'p')
  and c.relpersistence <> 't'
  and not exists (select from tenancy.protection p join up on up.relation = p.relation)
