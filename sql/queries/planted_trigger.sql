-- $1 table. A trigger of it, or of a part, whose function belongs to somebody who could not act as the table's owner: the table, the trigger,
-- the function, its owner, and the table's.
with recursive down (relation) as (
  select $1
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
)
select c.oid, quote_ident(g.tgname), p.oid::regprocedure::text, p.proowner::regrole::text, c.relowner::regrole::text
from down
join pg_class c on c.oid = down.relation
join pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal and g.tgparentid = 0
join pg_proc p on p.oid = g.tgfoid
where not pg_has_role(p.proowner, c.relowner, 'usage')
order by c.oid, g.tgname
limit 1
