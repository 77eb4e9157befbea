-- $1 relation, $2 modes of locks. The processes that hold such a lock on the relation or a part of it, or wait for one before others.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select array(
  select distinct l.pid
  from pg_locks l
  join down on down.relation = l.relation
  where l.locktype = 'relation'
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and l.mode = any ($2)
    and l.pid <> pg_backend_pid()
  order by l.pid
)
