\i include/world.sql
-- A server of a minor version whose row security has holes that are known and closed by later ones.
\x
select * from tenancy.lint() where code = 'server_outdated';
\x
