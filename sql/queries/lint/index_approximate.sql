-- An index that finds the nearest rows approximately takes them from those of all tenants before a policy is asked: rows of others come
-- in the place of a tenant's own, and whoever inserts many near a point empties what others find there.
select
  'index ' || x.oid::regclass,
  format('By %s it takes the nearest of the rows of all tenants: what others insert takes the place of rows that a tenant would find.', m.amname),
  null::text
from tenanted t
join pg_index i on i.indrelid = t.relation
join pg_class x on x.oid = i.indexrelid
join pg_am m on m.oid = x.relam
where m.amname in ('hnsw', 'ivfflat', 'diskann', 'vchordrq', 'vchordg', 'scann')
  -- those of partitions come with the table's
  and not x.relispartition
  -- not where it is made for some tenants
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = x.oid
      and d.refclassid = 'pg_class'::regclass and d.refobjid = t.relation and d.refobjsubid = t.attnum
  )
  -- nor where each tenant has partitions of its own
  and not exists (
    select from pg_partition_ancestors(t.relation) a
    join pg_partitioned_table p on p.partrelid = a.relid and p.partstrat = 'l'
    join pg_attribute c on c.attrelid = a.relid and c.attname = t.tenant_column and c.attnum = p.partattrs[0]
  )
