-- $1 protected table; $2 names of its policies, $3 their commands, $4 and $5 what they ask of old and of new rows ('' for
-- nothing). How the policies of it and its parts differ. Expressions are compared as PostgreSQL prints them, which holds
-- through renames, dump and restore; called with a search_path that qualifies our functions. pg_get_expr() would wait for whoever
-- has locked the table; so a call of one function about one column is read off the catalog, and anything else is not ours.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
parts as (
  select c.oid, c.oid::regclass::text as name
  from down
  join pg_class c on c.oid = down.relation and c.relkind in ('r', 'p')
),
expected as (
  select * from unnest($2, $3, $4, $5) e (policy, command, using_expression, check_expression)
),
asked (policy, part, expression) as (
  select
    p.oid, tree.part,
    case
      when tree.text is null then ''
      else coalesce(
        (
          select format('%s(%I)', call[1]::oid::regproc, a.attname)
          -- the column itself, or an integer that is passed as a bigint
          from regexp_match(
            tree.text,
            '^\{FUNCEXPR :funcid (\d+) [^{}]*:args \((?:\{FUNCEXPR :funcid 481 [^{}]*:args \()?'
            '\{VAR :varno 1 :varattno (\d+) [^{}]*\}\)(?:[^{}]*\}\))?[^{}]*\}$'
          ) call
          join pg_attribute a on a.attrelid = p.polrelid and a.attnum = call[2]::smallint
        ),
        'something else'
      )
    end
  from parts
  join pg_policy p on p.polrelid = parts.oid
  cross join lateral (values ('using', p.polqual::text), ('check', p.polwithcheck::text)) tree (part, text)
),
compared as (
  select
    parts.oid, parts.name, e.policy,
    p.oid as found,
    p.polcmd::text = e.command
      and p.polpermissive
      and p.polroles = array[0::oid]
      and (select a.expression from asked a where a.policy = p.oid and a.part = 'using') = e.using_expression
      and (select a.expression from asked a where a.policy = p.oid and a.part = 'check') = e.check_expression
      as same,
    exists (
      select
      from pg_depend f
      join pg_depend m on m.classid = f.refclassid and m.objid = f.refobjid and m.deptype = 'e'
      join pg_extension x on m.refclassid = 'pg_extension'::regclass and m.refobjid = x.oid and x.extname = 'pg_tenancy'
      where f.classid = 'pg_policy'::regclass and f.objid = p.oid and f.refclassid = 'pg_proc'::regclass
    ) as depends
  from parts
  cross join expected e
  left join pg_policy p on p.polrelid = parts.oid and p.polname = e.policy
)
select 'policy_missing', oid, format('policy %I on %s', policy, name),
  'the policy is missing',
  format('select tenancy.mend(%L)', $1::regclass::text)
from compared
where found is null
union all
select 'policy_changed', oid, format('policy %I on %s', policy, name),
  'the policy is not what tenancy.protect() made: its command, roles or expressions differ',
  format('select tenancy.mend(%L)', $1::regclass::text)
from compared
where found is not null
  and not (same and depends)
union all
select 'policy_permissive', parts.oid, format('policy %I on %s', p.polname, parts.name),
  'a further permissive policy shows, or lets write, rows that tenancy hides',
  format('drop policy %I on %s', p.polname, parts.name)
from parts
join pg_policy p on p.polrelid = parts.oid
where p.polpermissive
  and exists (select from expected)
  and p.polname <> all ($2)
