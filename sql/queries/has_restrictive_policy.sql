-- $1 relation.
select from pg_policy p where p.polrelid = $1 and not p.polpermissive
