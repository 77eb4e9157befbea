-- $1 role, $2 tables, $3 privileges. Those that the role lacks, in words. A privilege on some columns counts: whether they are
-- enough is found out by the statement that needs them.
select format('%s on %s', privilege, t.relation::regclass)
from unnest($2) with ordinality t (relation, nth)
cross join unnest($3) with ordinality p (privilege, place)
where not has_any_column_privilege($1, t.relation, privilege)
order by t.nth, p.place
