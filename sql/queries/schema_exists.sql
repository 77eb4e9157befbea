-- $1 name of a schema. A row if there is one for applications' tables.
select from pg_namespace n
where n.nspname = $1
  and n.nspname not in ('tenancy', 'information_schema')
  and n.nspname not like 'pg\_%'
