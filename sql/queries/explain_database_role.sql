-- $1 database role, $2 relation. Its name, why row security does not bind it, what it may do, who else has a say, and whether it
-- may query every column.
select
  r.rolname::text,
  case when r.rolsuper then 'is a superuser' when r.rolbypassrls then 'has BYPASSRLS' end,
  has_any_column_privilege(r.oid, $2, 'select'),
  has_any_column_privilege(r.oid, $2, 'update'),
  has_table_privilege(r.oid, $2, 'delete'),
  (
    select string_agg(format('%I', p.polname), ', ' order by p.polname)
    from pg_policy p
    where p.polrelid = $2
      and not p.polpermissive
  ),
  has_table_privilege(r.oid, $2, 'select') and (select has_schema_privilege(r.oid, c.relnamespace, 'usage') from pg_class c where c.oid = $2)
from pg_roles r
where r.oid = $1
