-- A schema was renamed or dropped while nothing looked: the one that now has its tables is not governed.
select
  'schema ' || quote_ident(g.schema_name),
  'It is to be governed, but there is none of that name. If it was renamed, new tables in it take rows before they are declared.',
  format('delete from tenancy.governed_schemas where schema_name = %L', g.schema_name)
from tenancy.governed_schemas g
where not exists (select from pg_namespace n where n.nspname = g.schema_name)
