-- $1 triggers that go without their foreign keys.
with gone as (
  delete from pg_trigger t where t.oid = any ($1) returning t.oid
)
delete from pg_depend d
using gone
where d.classid = 'pg_trigger'::regclass
  and d.objid = gone.oid
