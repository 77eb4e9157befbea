-- $1 tenant whose users lose their roles.
delete from tenancy.user_roles r
using tenancy.users u
where u.id = r.user_id
  and u.tenant_id = $1
returning r.user_id
