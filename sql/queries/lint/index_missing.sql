-- Without an index that begins with the tenant column every query of a tenant reads the rows of all tenants.
select
  'table ' || t.relation::regclass,
  format('It has no index that begins with %I: queries of one tenant read the rows of all.', t.tenant_column),
  format('create index on %s (%I)', t.relation::regclass, t.tenant_column)
from tenanted t
join pg_class c on c.oid = t.relation
where c.relkind in ('r', 'p')
  and not exists (
    select from pg_index i
    where i.indrelid = t.relation
      and i.indkey[0] = t.attnum
      and i.indpred is null
      and i.indisvalid
  )
  -- those of partitions come with the table's
  and not (c.relispartition and t.relation <> t.root)
