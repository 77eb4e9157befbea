-- $1 relation. It and all its partitions and inheritance children; whether each is a partition, and what it has of its own
-- by now: row security with policies that bear our names, and triggers.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select
  c.oid,
  c.relispartition,
  (
    select string_agg(
      concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles::text, c.relrowsecurity and c.relforcerowsecurity,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
      E'\n' order by p.polname
    )
    from pg_policy p
    where p.polrelid = c.oid
      and p.polname in ('tenancy_delete', 'tenancy_insert', 'tenancy_select', 'tenancy_update')
  ),
  exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '00_tenancy_truncate'),
  exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '00_tenancy_row')
from down
join pg_class c on c.oid = down.relation
where c.relkind in ('r', 'p')
order by c.oid
