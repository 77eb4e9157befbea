-- For tests that pin plans: a table that is filled from now on is analyzed by the test alone, never meanwhile vacuumed.
\o /dev/null
select format('alter table %s set (autovacuum_enabled = off)', oid::regclass) from pg_class
where relnamespace = 'app'::regnamespace and relkind = 'r' \gexec
\o
