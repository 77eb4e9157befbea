-- Users whose login is gone: who makes a role of that name is the user.
select
  'user ' || u.id,
  case
    when r.oid is null then format('Its db_role, %I, does not exist: whoever makes a login of that name acts as this user.', u.db_role)
    else format('Its db_role, %I, cannot log in.', u.db_role)
  end,
  format('update tenancy.users set db_role = null where id = %L', u.id)
from tenancy.users u
left join pg_roles r on r.rolname = u.db_role
where u.db_role is not null
  and r.rolcanlogin is not true
