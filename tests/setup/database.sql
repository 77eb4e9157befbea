-- What every test's database begins with: it is a copy of the one made here.
create extension pg_tenancy;
-- a schema for the applications' tables, as on a server where not everybody may create in public
create schema app authorization owner;
grant usage on schema app to public;
-- who owns the applications' tables brings them under tenancy
grant execute on function tenancy.protect to owner;
grant execute on procedure tenancy.adopt to owner;
