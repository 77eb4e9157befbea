-- $1 tables. The foreign keys among them and their parts, those of partitions as the partitioned table's: the table that refers,
-- the one referred to, the columns of both, and when row c of the one refers to row p of the other.
with recursive down (relation) as (
  select unnest($1)
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select
  coalesce(pg_partition_root(c.conrelid)::oid, c.conrelid),
  coalesce(pg_partition_root(c.confrelid)::oid, c.confrelid),
  k.child_columns,
  k.parent_columns,
  k.condition
from pg_constraint c
cross join lateral (
  select
    array_agg(child.attname::text order by u.nth) as child_columns,
    array_agg(parent.attname::text order by u.nth) as parent_columns,
    string_agg(
      format('p.%I ', parent.attname)
        -- Where the columns have different collations, that of the column referred to decides, as for the foreign key.
        || case when child.attcollation <> parent.attcollation then format('collate %I.%I ', cn.nspname, co.collname) else '' end
        || format('operator(%I.%s) c.%I', n.nspname, o.oprname, child.attname),
      ' and ' order by u.nth
    ) as condition
  from unnest(c.conpfeqop, c.conkey, c.confkey) with ordinality u (operator, child, parent, nth)
  join pg_operator o on o.oid = u.operator
  join pg_namespace n on n.oid = o.oprnamespace
  join pg_attribute child on child.attrelid = c.conrelid and child.attnum = u.child
  join pg_attribute parent on parent.attrelid = c.confrelid and parent.attnum = u.parent
  left join pg_collation co on co.oid = parent.attcollation
  left join pg_namespace cn on cn.oid = co.collnamespace
) k
where c.contype = 'f'
  and c.conparentid = 0
  and c.conrelid in (select relation from down)
  and c.confrelid in (select relation from down)
order by c.oid
