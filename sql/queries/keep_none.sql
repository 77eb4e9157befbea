-- $1 relation, $2 when it was counted: tenants that have no rows any longer.
update tenancy.counted_rows
set last_write = case when rows > 0 then $2 else last_write end, rows = 0, bytes = 0, newest = null, as_of = $2
where relation = $1
  and as_of < $2
