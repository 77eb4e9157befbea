-- Holes in row security that PostgreSQL has published and closed: https://www.postgresql.org/support/security/. What is not
-- about row security, or cannot be used by who may only send queries, is not here.
, closed (hole, versions) as (
  values
    ('CVE-2026-14666', array[150019, 160015, 170011, 180006]),
    ('CVE-2025-8713', array[150014, 160010, 170006]),
    ('CVE-2024-4317', array[150007, 160003]),
    ('CVE-2024-10976', array[150009, 160005, 170001]),
    ('CVE-2023-39418', array[150004]),
    ('CVE-2023-2455', array[150003])
),
here (version) as (
  select current_setting('server_version_num')::integer
)
select
  'server',
  format(
    'PostgreSQL %s has holes in row security that PostgreSQL %s.%s has closed: %s. Install the latest minor version of %2$s.',
    current_setting('server_version'),
    here.version / 10000,
    max(v.since) % 10000,
    string_agg(c.hole, ', ' order by c.hole)
  ),
  null
from here
cross join closed c
cross join unnest(c.versions) v (since)
where v.since / 10000 = here.version / 10000
  and here.version < v.since
group by here.version
union all
-- This hole is closed in clusters that were made by a closed version; in others by a script that comes with it.
select
  'view pg_stats_ext_exprs',
  'It shows values of rows of all tenants where there are extended statistics (CVE-2024-4317), because this cluster was made by a version before 15.7 or 16.3. Run fix-CVE-2024-4317.sql, which lies where PostgreSQL''s files are shared, in each database.',
  null
from here
cross join unnest((select c.versions from closed c where c.hole = 'CVE-2024-4317')) v (since)
where v.since / 10000 = here.version / 10000
  and here.version >= v.since
  and pg_get_viewdef('pg_stats_ext_exprs'::regclass) !~ 'row_security_active'
