-- $1 tenant.
select count(*)
from tenancy.user_roles r
join tenancy.users u on u.id = r.user_id
where u.tenant_id = $1
