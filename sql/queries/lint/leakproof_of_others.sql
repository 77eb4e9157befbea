-- LEAKPROOF functions, and operators made of them, are called with rows before policies have hidden them.
select
  'function ' || p.oid::regprocedure,
  concat_ws(
    ', as the function of the operator ',
    'It is LEAKPROOF: PostgreSQL calls it with hidden rows',
    (select string_agg(o.oid::regoperator::text, ', ' order by o.oid::regoperator::text) from pg_operator o where o.oprcode = p.oid)
  ) || '.',
  format('alter function %s not leakproof', p.oid::regprocedure)
from pg_proc p
where p.proleakproof
  and p.oid >= 16384
  and not exists (
    select from pg_depend d
    join pg_extension e on e.oid = d.refobjid and e.extname = 'pg_tenancy'
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass
  )
