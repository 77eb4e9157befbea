-- Whoever calls a SECURITY DEFINER function chooses what its names mean, where it does not. Where it does, but not for pg_temp, tables
-- are looked for there first.
select
  'function ' || p.oid::regprocedure,
  format(
    case
      when s.path is null then 'It runs with the rights of its owner, %s, and finds tables, functions and operators by the search_path of whoever calls it.'
      else 'It runs with the rights of its owner, %s, and finds temporary tables of whoever calls it before those of its search_path.'
    end,
    p.proowner::regrole
  ),
  format(
    'alter routine %s set search_path = %s, pg_temp',
    p.oid::regprocedure,
    coalesce(s.path, format('pg_catalog, %I', n.nspname))
  )
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
left join lateral (select substr(setting, 13) from unnest(p.proconfig) setting where starts_with(setting, 'search_path=')) s (path) on true
where p.prosecdef
  and p.oid >= 16384
  and p.prosqlbody is null
  and (p.oid, 'pg_proc'::regclass) not in (select object, class from brought)
  and (p.proowner in (select role from unbound) or p.proowner in (select owner from tenanted))
  -- but where nothing is found by its name alone
  and (s.path is null or s.path !~ '\mpg_temp\M' and s.path not in ('', '""', 'pg_catalog'))
