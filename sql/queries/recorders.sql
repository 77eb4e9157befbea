-- How many recorders are at work, in all databases.
select count(*)
from pg_catalog.pg_stat_activity
where backend_type = 'pg_tenancy recorder'
