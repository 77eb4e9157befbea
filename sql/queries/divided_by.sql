-- $1 relation, $2 column. Is it, or one of its partitions, divided by the column?
select p.partrelid
from pg_partitioned_table p
join pg_attribute a on a.attrelid = p.partrelid and a.attname = $2 and a.attnum = any (p.partattrs::smallint[])
where p.partrelid in (select relid from pg_partition_tree($1))
