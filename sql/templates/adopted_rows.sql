-- The rows that this transaction has given no tenant, or one of the given, which do not exist. $1 those.
select {key}
from {relation} r
where r.xmin = pg_current_xact_id()::xid
  and (r.{column} is null or {tenant} = any($1))
