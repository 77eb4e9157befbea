-- $1 relation. Does it make no difference whether rows are deleted from it or from its parts by their names? For its owner, where
-- all are his; a trigger that fires once for a statement, and a rule, are asked for the relation that is named.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select not exists (
    select
    from down
    join pg_class c on c.oid = down.relation
    where c.relowner <> (select relowner from pg_class where oid = $1)
      or exists (select from pg_rewrite r where r.ev_class = c.oid)
      or exists (
        select
        from pg_trigger t
        where t.tgrelid = c.oid
          and not t.tgisinternal
          and t.tgtype & 1 = 0   -- for each statement
          and t.tgtype & 8 <> 0  -- on delete
      )
  )
