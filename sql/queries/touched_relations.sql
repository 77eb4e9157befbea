-- The tables that the DDL command was about.
select distinct c.oid
from pg_event_trigger_ddl_commands() d
left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
join pg_class c on c.oid = coalesce(p.polrelid, k.conrelid, d.objid) and c.relkind in ('r', 'p')
where d.classid in ('pg_class'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass)
