-- $1 a table, $2 a partitioned table. Our row triggers that both have.
select t.tgname::text
from pg_trigger t
join pg_trigger p on p.tgrelid = $2 and p.tgname = t.tgname
where t.tgrelid = $1
  and t.tgname in ('00_tenancy_row', '00_tenancy_delete', '00_tenancy_deferred', '00_tenancy_name', 'zz_tenancy_name')
