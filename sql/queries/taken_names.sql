-- $1 relation. A trigger of it, or of a part, that has the name of one of ours and is not ours: the table and the name.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select t.tgrelid, t.tgname::text
from down
join pg_trigger t on t.tgrelid = down.relation
join pg_proc f on f.oid = t.tgfoid
join pg_namespace n on n.oid = f.pronamespace
where t.tgname in ('00_tenancy_row', '00_tenancy_delete', '00_tenancy_deferred', '00_tenancy_truncate', '00_tenancy_name', 'zz_tenancy_name')
  and n.nspname <> 'tenancy'
order by 1, 2
limit 1
