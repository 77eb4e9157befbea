-- The dropped tables that have quotas, or were counted.
select d.objid
from pg_event_trigger_dropped_objects() d
where d.classid = 'pg_class'::regclass
  and d.objsubid = 0
  and (
    exists (select from tenancy.quotas q where q.relation = d.objid)
    or exists (select from tenancy.counted_rows c where c.relation = d.objid)
  )
