-- Where the extension citus is in this database: its own tables that say which tables are on several nodes, and which shards they have.
-- What only bears their names is not the extension's.
select p.name, s.name
from pg_extension x
cross join lateral (
  select c.oid::regclass::text as name
  from pg_depend d
  join pg_class c on c.oid = d.objid and c.relname = 'pg_dist_partition'
  where d.refclassid = 'pg_extension'::regclass and d.refobjid = x.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e'
) p
cross join lateral (
  select c.oid::regclass::text as name
  from pg_depend d
  join pg_class c on c.oid = d.objid and c.relname = 'pg_dist_shard'
  where d.refclassid = 'pg_extension'::regclass and d.refobjid = x.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e'
) s
where x.extname = 'citus'
