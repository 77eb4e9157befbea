-- $1 relation, $2 name of a check constraint.
select from pg_constraint c where c.conrelid = $1 and c.contype = 'c' and c.conname = $2::name
