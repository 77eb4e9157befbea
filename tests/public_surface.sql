-- Everything that the extension gives to others, one line each.
with members as (
  select d.classid, d.objid
  from pg_catalog.pg_depend d
  join pg_catalog.pg_extension e on e.oid = d.refobjid
  where d.refclassid = 'pg_catalog.pg_extension'::regclass
    and d.deptype = 'e'
    and e.extname = 'pg_tenancy'
),
granted (classid, objid, what) as (
  select 'pg_catalog.pg_proc'::regclass, p.oid, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type)
  from pg_catalog.pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where a.grantee = 0
  group by p.oid
  union all
  select 'pg_catalog.pg_class'::regclass, c.oid, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type)
  from pg_catalog.pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
  where a.grantee = 0
  group by c.oid
),
lines (nth, name, line) as (
  select 1, n.nspname, format('schema %s', n.nspname)
  from members m join pg_catalog.pg_namespace n on m.classid = 'pg_catalog.pg_namespace'::regclass and n.oid = m.objid
  union all
  select 2, p.oid::regprocedure::text, format('%s %s.%s(%s)%s, %s%s%s, %s',
    case p.prokind when 'p' then 'procedure' else 'function' end, n.nspname, p.proname,
    pg_get_function_arguments(p.oid), ' returns ' || pg_get_function_result(p.oid),
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
    case when p.proleakproof then ', leakproof' else '' end, case when p.prosecdef then ', security definer' else '' end,
    coalesce('public: ' || g.what, 'nobody'))
  from members m
  join pg_catalog.pg_proc p on m.classid = 'pg_catalog.pg_proc'::regclass and p.oid = m.objid
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  left join granted g on g.classid = m.classid and g.objid = m.objid
  union all
  select case c.relkind when 'v' then 4 when 'S' then 5 else 3 end, c.oid::regclass::text,
    format('%s %s.%s%s, %s', case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, n.nspname, c.relname,
    (
      select format(' (%s)', string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
      from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v')
    ),
    coalesce('public: ' || g.what, 'nobody'))
  from members m
  join pg_catalog.pg_class c on m.classid = 'pg_catalog.pg_class'::regclass and c.oid = m.objid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join granted g on g.classid = m.classid and g.objid = m.objid
  union all
  select 6, e.evtname, format('event trigger %s on %s%s', e.evtname, e.evtevent, coalesce(' for ' || array_to_string(e.evttags, ', '), ''))
  from members m join pg_catalog.pg_event_trigger e on m.classid = 'pg_catalog.pg_event_trigger'::regclass and e.oid = m.objid
  union all
  select 7, r.name, format('role %s: reads %s, writes %s%s%s', r.name, r.read_access, r.write_access,
    case when r.updates_public then ', updates public' else '' end, case when r.administers then ', administers' else '' end)
  from tenancy.roles r where r.built_in
  union all
  select 8, t.name, format('tenant %s: %s', t.name, t.kind)
  from tenancy.tenants t
  union all
  select 9, m.objid::text, format('%s', pg_describe_object(m.classid, m.objid, 0))
  from members m
  where m.classid not in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_class'::regclass, 'pg_catalog.pg_namespace'::regclass,
    'pg_catalog.pg_event_trigger'::regclass, 'pg_catalog.pg_type'::regclass)
)
select line from lines order by nth, name collate "C", line collate "C";
