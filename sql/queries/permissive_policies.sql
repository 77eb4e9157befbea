-- $1 table. The permissive policies of it and its parts that are not ours, and what means the same beside ours: restrictive policies,
-- because these are joined by AND, and so one for each command, in which those that there are are joined by OR. Whoever no permissive
-- policy is for had no rows. Called with a search_path that qualifies names.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
found as (
  select
    p.polrelid,
    p.polname,
    p.polcmd,
    c.relrowsecurity as in_force,
    case when p.polroles <> array[0::oid] then (
      select format('(%s)', string_agg(format('pg_catalog.pg_has_role(current_user, %L, ''usage'')', r.rolname), ' or ' order by r.rolname))
      from pg_roles r
      where r.oid = any (p.polroles)
    ) end as roles,
    '(' || pg_get_expr(p.polqual, p.polrelid) || ')' as old_rows,
    '(' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid)) || ')' as new_rows
  from down
  join pg_class c on c.oid = down.relation
  join pg_policy p on p.polrelid = c.oid
  where p.polpermissive
    and p.polname not in ('tenancy_select', 'tenancy_insert', 'tenancy_update', 'tenancy_delete')
),
tables as (
  select
    f.polrelid,
    min(f.polname) as name,
    bool_and(f.polcmd = '*') as for_all,
    string_agg(format('%I on %s', f.polname, f.polrelid::regclass), ', ' order by f.polname) as policies,
    string_agg(format('drop policy %I on %s; ', f.polname, f.polrelid::regclass), '' order by f.polname) as drops,
    bool_and(f.in_force) as in_force
  from found f
  group by f.polrelid
),
commands (nth, letter, command) as (
  values (0, '*', 'all'), (1, 'r', 'select'), (2, 'a', 'insert'), (3, 'w', 'update'), (4, 'd', 'delete')
),
wanted as (
  select
    t.polrelid,
    c.nth,
    c.command,
    left(t.name, 50) || case when c.letter = '*' then '' else '_' || c.command end as policy,
    coalesce(
      string_agg(coalesce(f.roles || ' and ', '') || f.old_rows, ' or ' order by f.polname),
      'false'
    ) as old_rows,
    coalesce(
      string_agg(coalesce(f.roles || ' and ', '') || f.new_rows, ' or ' order by f.polname),
      'false'
    ) as new_rows
  from tables t
  join commands c on (c.letter = '*') = t.for_all
  left join found f on f.polrelid = t.polrelid and f.polcmd::text in (c.letter, '*')
  where t.in_force
  group by t.polrelid, t.name, c.nth, c.letter, c.command
),
made as (
  select
    w.polrelid,
    string_agg(
      format('create policy %I on %s as restrictive for %s', w.policy, w.polrelid::regclass, w.command)
        || case when w.command = 'insert' then '' else format(' using (%s)', w.old_rows) end
        || case when w.command in ('select', 'delete') or w.command <> 'insert' and w.new_rows = w.old_rows then '' else format(' with check (%s)', w.new_rows) end
        || ';',
      ' ' order by w.nth
    ) as creates
  from wanted w
  group by w.polrelid
)
select
  string_agg(t.policies, ', ' order by t.polrelid),
  string_agg(rtrim(t.drops || coalesce(m.creates, '')), ' ' order by t.polrelid)
from tables t
left join made m using (polrelid)
having count(*) > 0
