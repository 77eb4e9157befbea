-- $1 role, $2 tables, $3 commands as pg_policy has them. The restrictive policies by which row security would hide rows from the
-- role, or refuse them, in words.
select format('policy %I on %s', p.polname, p.polrelid::regclass)
from unnest($2) with ordinality t (relation, nth)
join pg_policy p on p.polrelid = t.relation
where not p.polpermissive
  and p.polcmd::text = any ($3)
  and exists (select from unnest(p.polroles) r (role) where r.role = 0 or pg_has_role($1, r.role, 'USAGE'))
order by t.nth, p.polname
