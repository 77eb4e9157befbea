-- Sequences tell by their last value how much all tenants have, and setval() breaks the others' inserts. An identity column asks
-- nobody for a privilege on its sequence; what a default calls, whoever inserts has to have USAGE on.
, called (sequence, relation) as (
  select d.refobjid, f.adrelid
  from pg_depend d
  join pg_attrdef f on f.oid = d.objid
  where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass
),
of_table (sequence, relation) as (
  select d.objid, d.refobjid
  from pg_depend d
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
  union
  select sequence, relation from called
)
select
  'sequence ' || s.oid::regclass,
  format(
    'It %s, and %s may read or set it.',
    case
      when s.oid in (select o.sequence from of_table o join tenanted t on t.relation = o.relation) then 'numbers the rows of all tenants'
      else 'stands among protected tables, and belongs to none'
    end,
    string_agg(distinct g.name, ', ')
  ),
  format('revoke %s on sequence %s from %s', string_agg(distinct lower(a.privilege_type), ', '), s.oid::regclass, string_agg(distinct g.name, ', '))
from pg_class s
cross join aclexplode(s.relacl) a
cross join lateral (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end) g (name)
where s.relkind = 'S'
  and a.grantee <> s.relowner
  and a.grantee not in (select role from unbound)
  and (a.privilege_type <> 'USAGE' or s.oid not in (select sequence from called))
  and (
    s.oid in (select o.sequence from of_table o join tenanted t on t.relation = o.relation)
    or s.oid not in (select sequence from of_table)
      and s.relnamespace in (select c.relnamespace from pg_class c where c.oid in (select relation from tenanted))
  )
group by s.oid
