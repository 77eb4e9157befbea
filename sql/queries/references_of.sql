-- $1 relation. The foreign keys from it or to it, those of the partitioned tables that it is a partition of included;
-- of the copies that PostgreSQL makes for partitions only the originals.
with recursive up (relation, step) as (
  select $1::oid, 0
  union all
  select i.inhparent, up.step + 1
  from up
  join pg_class c on c.oid = up.relation and c.relispartition
  join pg_inherits i on i.inhrelid = up.relation
)
select
  c.conrelid,
  c.conname::text,
  c.confrelid,
  array(
    select a.attname::text
    from unnest(c.conkey) with ordinality k (attnum, nth)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
    order by k.nth
  ),
  array(
    select a.attname::text
    from unnest(c.confkey) with ordinality k (attnum, nth)
    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum
    order by k.nth
  ),
  array(
    -- Where the columns have different collations, that of the column referred to decides, as for the foreign key.
    select case when child.attcollation <> parent.attcollation then format('collate %I.%I ', cn.nspname, co.collname) else '' end
      || format('operator(%I.%s)', n.nspname, o.oprname)
    from unnest(c.conpfeqop, c.conkey, c.confkey) with ordinality k (operator, child, parent, nth)
    join pg_operator o on o.oid = k.operator
    join pg_namespace n on n.oid = o.oprnamespace
    join pg_attribute child on child.attrelid = c.conrelid and child.attnum = k.child
    join pg_attribute parent on parent.attrelid = c.confrelid and parent.attnum = k.parent
    left join pg_collation co on co.oid = parent.attcollation
    left join pg_namespace cn on cn.oid = co.collnamespace
    order by k.nth
  ),
  c.condeferrable,
  coalesce(s.service_provider_eligible, false),
  coalesce(s.names_tenant, false),
  c.conrelid in (select relation from up),
  c.confrelid in (select relation from up),
  s.relation is not null,
  c.confdeltype = 'a',
  c.confupdtype = 'a',
  -- Older minor releases (16.2) do not enforce what a partitioned table refers to in itself: the row referred to may be
  -- deleted.
  c.convalidated and (c.conrelid <> c.confrelid or (select t.relkind <> 'p' from pg_class t where t.oid = c.conrelid)),
  -- The index by which the row referred to can be found without a query: that of an ordinary table, where values are
  -- compared as they are.
  case when i.fits then c.conindid end,
  i.positions,
  i.procedures,
  i.value_types,
  coalesce(s.on_tenant_change, 'restrict'),
  c.oid,
  -- Are two keys of the table referred to equal only if they are so byte for byte? By what the operator classes say.
  coalesce(i.by_image, false),
  -- Are keys of the one side the same as keys of the other if they are so byte for byte? Types of different width are not.
  coalesce(i.same_types, false)
from pg_constraint c
left join tenancy.reference_settings s on s.relation = c.conrelid and s.constraint_name = c.conname
cross join lateral (
  select
    count(*) = count(*) filter (
      where parent_table.relkind = 'r' and am.amname = 'btree' and o.oprright = child.atttypid
        and parent.attcollation = child.attcollation
        and parent.attcollation = (x.indcollation::oid[])[array_position(x.indkey::smallint[], k.parent)]
    ) as fits,
    array_agg((array_position(x.indkey::smallint[], k.parent) + 1)::smallint order by k.nth) as positions,
    array_agg(o.oprcode::oid order by k.nth) as procedures,
    array_agg(o.oprright order by k.nth) as value_types,
    bool_and(o.oprleft = o.oprright) as same_types,
    bool_and(exists (
      select from pg_opclass oc
      join pg_amproc f on f.amprocfamily = oc.opcfamily and f.amproclefttype = oc.opcintype and f.amprocrighttype = oc.opcintype
      left join pg_collation co on co.oid = parent.attcollation
      where oc.oid = (x.indclass::oid[])[array_position(x.indkey::smallint[], k.parent)]
        and am.amname = 'btree' and f.amprocnum = 4
        and (f.amproc = 'btequalimage'::regproc
          or f.amproc = 'btvarstrequalimage'::regproc and oc.opcintype = 'text'::regtype and co.collisdeterministic)
    )) as by_image
  from unnest(c.conpfeqop, c.conkey, c.confkey) with ordinality k (operator, child, parent, nth)
  join pg_operator o on o.oid = k.operator
  join pg_attribute child on child.attrelid = c.conrelid and child.attnum = k.child
  join pg_attribute parent on parent.attrelid = c.confrelid and parent.attnum = k.parent
  join pg_class parent_table on parent_table.oid = c.confrelid
  join pg_index x on x.indexrelid = c.conindid
  join pg_class index_class on index_class.oid = c.conindid
  join pg_am am on am.oid = index_class.relam
) i
where c.contype = 'f'
  and c.conparentid = 0
  and (c.conrelid in (select relation from up) or c.confrelid in (select relation from up))
order by c.conname
