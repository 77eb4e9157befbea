-- Who reaches the server is let in as whomever he likes.
select
  'authentication',
  format('pg_hba.conf lets roles in without a password (trust) in line %s.', string_agg(h.line_number::text, ', ' order by h.line_number)),
  null
from pg_hba_file_rules h
where h.auth_method = 'trust'
  and (h.database && array['all', 'sameuser', current_database()::text])
having count(*) > 0
