-- Extensions that lead around row security: over other connections, files, or pages.
, way (name, what) as (
  values
    ('dblink', 'opens connections as other roles'),
    ('postgres_fdw', 'opens connections as other roles'),
    ('file_fdw', 'reads the server''s files'),
    ('adminpack', 'reads and writes the server''s files'),
    ('pageinspect', 'reads pages of all tables'),
    ('pg_walinspect', 'reads what all sessions write'),
    ('pg_surgery', 'changes rows past all rules'),
    ('pgrowlocks', 'reads locks on rows of all tenants')
)
select
  'extension ' || quote_ident(e.extname),
  format('It %s. Nobody but superusers should have rights on its functions and servers.', w.what),
  format('drop extension %I', e.extname)
from pg_extension e
join way w on w.name = e.extname
