-- $1 relation, $2 trigger. Does it have this one of ours? Another of that name is in the way of ours.
select
from pg_trigger t
join pg_proc f on f.oid = t.tgfoid
join pg_namespace n on n.oid = f.pronamespace
where t.tgrelid = $1
  and t.tgname = $2
  and n.nspname = 'tenancy'
