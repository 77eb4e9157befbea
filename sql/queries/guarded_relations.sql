-- The protected tables and parts of them that the DDL command was about: relation, the table given to protect().
select distinct c.oid, (
  with recursive up (relation, step) as (
    select c.oid, 0
    union all
    select i.inhparent, up.step + 1 from up join pg_inherits i on i.inhrelid = up.relation
  )
  select p.relation::oid from up join tenancy.protection p on p.relation = up.relation order by up.step limit 1
)
from pg_event_trigger_ddl_commands() d
left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid
left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
join pg_class c on c.oid = coalesce(p.polrelid, k.conrelid, t.tgrelid, r.ev_class, d.objid) and c.relkind in ('r', 'p')
where d.classid in ('pg_class'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_rewrite'::regclass)
