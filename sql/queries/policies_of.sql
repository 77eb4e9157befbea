-- $1 relation. Its policies that bear our names, one a line, with whether they bind everybody. NULL where it has none.
select string_agg(
  concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles::text, c.relrowsecurity and c.relforcerowsecurity,
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
  E'\n' order by p.polname
)
from pg_policy p
join pg_class c on c.oid = p.polrelid
where p.polrelid = $1
  and p.polname in ('tenancy_delete', 'tenancy_insert', 'tenancy_select', 'tenancy_update')
