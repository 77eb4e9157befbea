-- $1 relation. What protect() must know before it begins.
select
  c.relkind::text,
  c.relpersistence::text,
  n.nspname::text,
  (select i.inhparent from pg_inherits i where i.inhrelid = c.oid limit 1),
  (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid limit 1),
  exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polname not like 'tenancy\_%')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.oid = $1
