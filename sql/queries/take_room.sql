-- $1 quota, $2 slot, $3 rows more or fewer, $4 may there be too little? One row if it was enough: what is left, and
-- where.
update tenancy.quota_room
set room = room - $3
where quota_id = $1
  and slot = $2
  and ($4 or not over and room >= $3)
returning room, ctid
