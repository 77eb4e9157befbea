-- $1 the session's login role. The user that it stands for.
select u.id
from tenancy.users u
where u.db_role = (select r.rolname from pg_catalog.pg_roles r where r.oid = $1)
