-- The constraints that can be deferred and are not unless told to, as SET CONSTRAINTS lists them; NULL if there are none, no row
-- if none can be deferred.
select string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ') filter (where not c.condeferred)
from pg_constraint c
join pg_namespace n on n.oid = c.connamespace
where c.condeferrable
having count(*) > 0
