-- $1 role, $2 tables, $3 privileges. Those that the role lacks on a table and on one of the columns that have values of their own,
-- in words; and the schemas in which it may not look tables up.
select missing
from (
  select format('USAGE on schema %I', n.nspname) as missing, min(t.nth) as nth, 0 as place
  from unnest($2) with ordinality t (relation, nth)
  join pg_class c on c.oid = t.relation
  join pg_namespace n on n.oid = c.relnamespace
  where not has_schema_privilege($1, n.oid, 'USAGE')
  group by n.nspname
  union all
  select format('%s on %s', privilege, t.relation::regclass), t.nth, p.place
  from unnest($2) with ordinality t (relation, nth)
  cross join unnest($3) with ordinality p (privilege, place)
  where not has_table_privilege($1, t.relation, privilege)
    and exists (
      select
      from pg_attribute a
      where a.attrelid = t.relation
        and a.attnum > 0
        and not a.attisdropped
        and a.attgenerated = ''
        and not has_column_privilege($1, t.relation, a.attnum, privilege)
    )
) x
order by nth, place
