-- Settings of roles, databases and the server that switch guards off.
, weak (name, value, why) as (
  values
    ('session_replication_role', 'replica', 'foreign keys are not looked at'),
    ('event_triggers', 'off', 'what DDL does to protected tables is not followed'),
    ('lo_compat_privileges', 'on', 'everybody reads and writes all large objects'),
    ('allow_system_table_mods', 'on', 'superusers change catalogs by mistake')
)
select
  case
    when s.setrole = 0 then 'database ' || quote_ident(d.datname)
    else 'role ' || s.setrole::regrole
  end,
  format('It is given %s = %s, so that %s.', w.name, w.value, w.why),
  concat_ws(
    ' ',
    case when s.setrole = 0 then format('alter database %I', d.datname) else format('alter role %s', s.setrole::regrole) end,
    case when s.setrole <> 0 and s.setdatabase <> 0 then format('in database %I', d.datname) end,
    'reset',
    w.name
  )
from pg_db_role_setting s
left join pg_database d on d.oid = s.setdatabase
cross join unnest(s.setconfig) given
join weak w on case
    when not starts_with(given, w.name || '=') then false
    when w.value = 'replica' then lower(split_part(given, '=', 2)) = w.value
    -- however it is written
    else split_part(given, '=', 2)::boolean = w.value::boolean
  end
where s.setdatabase = 0
  or d.datname = current_database()
union all
select
  case
    when s.setrole = 0 then 'database ' || quote_ident(d.datname)
    else 'role ' || s.setrole::regrole
  end,
  format('It is given %s, by which whoever logs in acts for somebody, and which everybody reads in pg_db_role_setting.', name),
  concat_ws(
    ' ',
    case when s.setrole = 0 then format('alter database %I', d.datname) else format('alter role %s', s.setrole::regrole) end,
    case when s.setrole <> 0 and s.setdatabase <> 0 then format('in database %I', d.datname) end,
    'reset',
    name
  )
from pg_db_role_setting s
left join pg_database d on d.oid = s.setdatabase
cross join unnest(s.setconfig) given
cross join lateral (select split_part(given, '=', 1)) g (name)
where name in ('tenancy.context', 'tenancy.token')
  and (s.setdatabase = 0 or d.datname = current_database())
union all
select
  'server',
  format('It is given %s = %s, so that %s. Reload the configuration when that is taken away.', w.name, w.value, w.why),
  -- ALTER SYSTEM goes with no other command. A line of postgresql.conf is for whoever wrote it.
  case
    when exists (select from pg_file_settings f where f.name = w.name and f.sourcefile ~ 'postgresql\.auto\.conf$')
      then format('alter system reset %s', w.name)
    when not exists (select from pg_file_settings f where f.name = w.name) and s.source = 'configuration file' then 'select pg_reload_conf()'
  end
from weak w
join pg_settings s on s.name = w.name and s.reset_val = w.value
where s.source in ('configuration file', 'command line', 'default')
