-- $1 user. Why it cannot be entered.
select case
    when u.id is null then 'There is no such user.'
    when not u.login_enabled then 'Its login is disabled.'
    when t.status <> 'active' then format('Its home, tenant "%s", is inactive.', t.name)
    when not exists (select from tenancy.user_roles ur where ur.user_id = u.id) then 'It holds no role.'
    else 'It cannot be entered.'
  end
from (select $1) given (id)
left join tenancy.users u on u.id = given.id
left join tenancy.tenants t on t.id = u.tenant_id
