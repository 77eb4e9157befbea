-- Sessions that are not bound, but for this one and for the usual tools of administrators.
select
  'role ' || a.usesysid::regrole,
  format('It %s, and a session of it is connected to this database, by the application "%s".', u.why, min(a.application_name)),
  null
from pg_stat_activity a
join unbound u on u.role = a.usesysid
where a.datname = current_database()
  and a.backend_type = 'client backend'
  and a.pid <> pg_backend_pid()
  and a.application_name !~ '^(psql|pg_dump|pg_dumpall|pg_restore|vacuumdb|reindexdb|pgAdmin)'
group by a.usesysid, u.why
