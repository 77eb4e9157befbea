-- $1 relation. The columns of its primary key, each with its type and with the operator by which the key compares it.
select a.attname::text, format_type(a.atttypid, a.atttypmod), format('operator(%I.%s)', n.nspname, o.oprname)
from pg_index i
cross join unnest(i.indkey, i.indclass) with ordinality k (attnum, class, nth)
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
join pg_opclass c on c.oid = k.class
join pg_amop m on m.amopfamily = c.opcfamily and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype and m.amopstrategy = 3
join pg_operator o on o.oid = m.amopopr
join pg_namespace n on n.oid = o.oprnamespace
where i.indrelid = $1
  and i.indisprimary
order by k.nth
