-- $1 relation. tenancy.check_row(), and whether a trigger of that function sees each row that is deleted.
select
  f.oid,
  exists (
    select from pg_trigger t
    where t.tgrelid = $1
      and t.tgname = '00_tenancy_delete'
      and t.tgfoid = f.oid
      and t.tgtype = 1 + 8
      and t.tgargs = '\x'
      and t.tgqual is null
      and t.tgenabled = 'A'
  )
from pg_proc f
where f.oid = to_regprocedure('tenancy.check_row()')
