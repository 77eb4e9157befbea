-- $1 quota. NULL if it was not counted yet.
select sum(room)::bigint from tenancy.quota_room where quota_id = $1
