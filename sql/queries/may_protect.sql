-- $1 role. May it bring tables under tenancy?
select
from pg_proc f
where f.proname = 'protect'
  and f.pronamespace = 'tenancy'::regnamespace
  and has_function_privilege($1, f.oid, 'execute')
