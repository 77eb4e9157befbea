-- $1 relation, $2 trigger.
select from pg_trigger t where t.tgrelid = $1 and t.tgname = $2
