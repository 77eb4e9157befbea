-- The protected tables and parts of them that dropped objects belonged to: relation, the table given to protect(), kinds of
-- the objects, those of what has the names of ours.
select c.oid, (
  with recursive up (relation, step) as (
    select c.oid, 0
    union all
    select i.inhparent, up.step + 1 from up join pg_inherits i on i.inhrelid = up.relation
  )
  select p.relation::oid from up join tenancy.protection p on p.relation = up.relation order by up.step limit 1
), array_agg(distinct d.object_type),
  array_agg(distinct d.object_type) filter (
    where d.object_type not in ('policy', 'trigger')
      or d.address_names[3] in (
        'tenancy_select', 'tenancy_insert', 'tenancy_update', 'tenancy_delete',
        '00_tenancy_row', '00_tenancy_delete', '00_tenancy_deferred', '00_tenancy_truncate', '00_tenancy_name', 'zz_tenancy_name'
      )
  )
from pg_event_trigger_dropped_objects() d
join pg_class c on c.oid = to_regclass(format('%I.%I', d.address_names[1], d.address_names[2])) and c.relkind in ('r', 'p')
where d.object_type in ('policy', 'trigger', 'table constraint', 'table column')
group by c.oid
