-- Ways to another server, or back to this one, as somebody else.
select
  'user mapping ' || o.identity,
  'Whoever may use it acts on the other server as the role that it names, for which tenancy does not know the session''s context.',
  format('drop user mapping for %s server %I', case m.umuser when 0 then 'public' else m.umuser::regrole::text end, s.srvname)
from pg_user_mapping m
join pg_foreign_server s on s.oid = m.umserver
cross join pg_identify_object('pg_user_mapping'::regclass, m.oid, 0) o
where m.umuser = 0
  or m.umuser in (select role from application)
