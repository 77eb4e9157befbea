-- $1 quota. What is used of it, where it was counted.
select q.tenant_id, q.relation::oid, q.max_rows - (select sum(r.room)::bigint from tenancy.quota_room r where r.quota_id = q.id)
from tenancy.quotas q
where q.id = $1
