-- Who may make roles can make one with a name that users.db_role gives.
select
  'role ' || r.oid::regrole,
  'It can log in and has CREATEROLE: it can make a login of a name that tenancy.users.db_role gives to a user, if there is none.',
  format('alter role %s nocreaterole', r.oid::regrole)
from pg_roles r
where r.rolcreaterole
  and r.rolcanlogin
  and not r.rolsuper
