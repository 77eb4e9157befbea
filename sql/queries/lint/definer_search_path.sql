-- Whoever calls a SECURITY DEFINER function chooses what its names mean, where it does not.
select
  'function ' || p.oid::regprocedure,
  format('It runs with the rights of its owner, %s, and finds tables, functions and operators by the search_path of whoever calls it.',
    p.proowner::regrole),
  format('alter routine %s set search_path = pg_catalog, %I, pg_temp', p.oid::regprocedure, n.nspname)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where p.prosecdef
  and p.oid >= 16384
  and p.prosqlbody is null
  and (p.proowner in (select role from unbound) or p.proowner in (select owner from tenanted))
  and not exists (select from unnest(p.proconfig) s where s like 'search_path=%')
union all
-- Where it does, but not for pg_temp, tables are looked for there first.
select
  'function ' || p.oid::regprocedure,
  format('It runs with the rights of its owner, %s, and finds temporary tables of whoever calls it before those of its search_path.',
    p.proowner::regrole),
  format('alter routine %s set search_path = %s, pg_temp', p.oid::regprocedure, s.path)
from pg_proc p
cross join lateral (select substr(setting, 13) from unnest(p.proconfig) setting where setting like 'search\_path=%') s (path)
where p.prosecdef
  and p.oid >= 16384
  and p.prosqlbody is null
  and (p.proowner in (select role from unbound) or p.proowner in (select owner from tenanted))
  and not s.path ~ '\mpg_temp\M'
  -- nothing to be found by its name alone
  and not s.path in ('', '""', 'pg_catalog')
