-- $1 user, or NULL for $2 alone; $2 role, or NULL for all of the user's. Their names and what they give.
select r.name, r.read_access, case r.write_access when 'same_as_read' then r.read_access else r.write_access end
from tenancy.roles r
where ($1 is null or exists (select from tenancy.user_roles ur where ur.user_id = $1 and ur.role_id = r.id))
  and ($2 is null or r.name = $2)
order by r.name
