-- The tables that the DDL command was about; for a composite type, those made of it.
select distinct c.oid
from pg_event_trigger_ddl_commands() d
left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
left join pg_type t on d.classid = 'pg_class'::regclass and t.typrelid = d.objid and t.typtype = 'c'
join pg_class c on (c.oid = coalesce(p.polrelid, k.conrelid, d.objid) or c.reloftype = t.oid) and c.relkind in ('r', 'p', 'f')
where d.classid in ('pg_class'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass)
