-- $1 quota, $2 slots, $3 what is left for each, $4 how many get one more, $5 are there more rows than the quota?
insert into tenancy.quota_room (quota_id, slot, room, over)
select $1, slot, $3 + (slot < $4)::integer, $5
from generate_series(0, $2 - 1) slot
on conflict (quota_id, slot) do update set room = excluded.room, over = excluded.over
