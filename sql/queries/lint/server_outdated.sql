-- Holes in row security that PostgreSQL has published and closed: https://www.postgresql.org/support/security/. What is not
-- about row security, or cannot be used by who may only send queries, is not here.
, closed (hole, versions) as (
  values
    ('CVE-2025-8713', array[150014, 160010, 170006]),
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
