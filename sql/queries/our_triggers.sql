-- $1 relation. The triggers that call our functions or bear our names, but for the copies that partitions have.
select t.tgname::text
from pg_trigger t
where t.tgrelid = $1
  and t.tgparentid = 0
  and not t.tgisinternal
  and (
    t.tgfoid = any (array[
      to_regprocedure('tenancy.check_row()'), to_regprocedure('tenancy.check_truncate()'), to_regprocedure('tenancy.name_tenant()')
    ])
    or t.tgname in ('00_tenancy_row', '00_tenancy_delete', '00_tenancy_deferred', '00_tenancy_truncate', '00_tenancy_name', 'zz_tenancy_name')
  )
