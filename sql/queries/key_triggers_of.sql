-- $1 relation. The triggers of ours that fire with its foreign keys.
select t.tgname::text
from pg_trigger t
join pg_constraint k on k.oid = t.tgconstraint and k.contype = 'f'
where t.tgrelid = $1
  and t.tgfoid = to_regprocedure('tenancy.check_row()')
