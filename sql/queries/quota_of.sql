-- $1 relation, NULL for users; $2 tenant.
select q.id, q.max_rows, q.action
from tenancy.quotas q
where q.relation is not distinct from $1
  and q.tenant_id = $2
