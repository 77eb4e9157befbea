-- What a protected table calls with its rows, and whose owner can make it something else: domains of its columns, functions in
-- constraints, defaults, indexes, policies and statistics.
select
  format('%s %s', u.kind, u.code),
  format(
    'It is called with rows of %s, and %s, who owns neither the table nor everything, can make it something else.',
    string_agg(distinct u.relation::regclass::text, ', '),
    u.owner::regrole
  ),
  format('alter %s %s owner to %s', u.kind, u.code, min(c.relowner::regrole::text))
from (
  with recursive made_of (type, domain) as (
    select t.oid, t.oid from pg_type t where t.typtype = 'd'
    union
    select made_of.type, b.oid
    from made_of
    join pg_type t on t.oid = made_of.domain
    join pg_type b on b.oid = t.typbasetype and b.typtype = 'd'
  )
  select t.relation, d.oid::regtype::text, d.typowner, 'domain'
  from tenanted t
  join pg_attribute a on a.attrelid = t.relation and a.attnum > 0 and not a.attisdropped
  join made_of on made_of.type = a.atttypid
  join pg_type d on d.oid = made_of.domain
  union
  select t.relation, p.oid::regprocedure::text, p.proowner, 'function'
  from tenanted t
  join (
    select 'pg_constraint'::regclass, c.oid, c.conrelid from pg_constraint c
    union all
    select 'pg_attrdef'::regclass, d.oid, d.adrelid from pg_attrdef d
    union all
    select 'pg_class'::regclass, i.indexrelid, i.indrelid from pg_index i
    union all
    select 'pg_policy'::regclass, o.oid, o.polrelid from pg_policy o
    union all
    select 'pg_statistic_ext'::regclass, s.oid, s.stxrelid from pg_statistic_ext s
  ) o (class, oid, relation) on o.relation = t.relation
  join pg_depend d on d.classid = o.class and d.objid = o.oid and d.refclassid = 'pg_proc'::regclass
  join pg_proc p on p.oid = d.refobjid
) u (relation, code, owner, kind)
join pg_class c on c.oid = u.relation
where u.owner <> c.relowner
  and u.owner not in (select role from unbound)
group by u.kind, u.code, u.owner
