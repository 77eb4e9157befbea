-- Settings by which other objects are found before PostgreSQL's own.
select
  case when s.setrole = 0 then 'database ' || quote_ident(d.datname) else 'role ' || s.setrole::regrole end,
  format('Its search_path names pg_catalog, but not first: objects in %s hide PostgreSQL''s own.', path[1]),
  concat_ws(
    ' ',
    case when s.setrole = 0 then format('alter database %I', d.datname) else format('alter role %s', s.setrole::regrole) end,
    case when s.setrole <> 0 and s.setdatabase <> 0 then format('in database %I', d.datname) end,
    'reset search_path'
  )
from pg_db_role_setting s
left join pg_database d on d.oid = s.setdatabase
cross join unnest(s.setconfig) given
cross join lateral (select regexp_split_to_array(substr(given, 13), '\s*,\s*')) p (path)
where given like 'search\_path=%'
  and array_position(path, 'pg_catalog') > 1
  and (s.setdatabase = 0 or d.datname = current_database())
