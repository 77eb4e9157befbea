-- $1 tenant. It waits for those who have written rows of it, and lets nobody write others: their foreign keys lock this row.
select t.name, t.kind, t.status = 'active', t.number
from tenancy.tenants t
where t.id = $1
for update
