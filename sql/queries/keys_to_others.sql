-- $1 relation that is not protected, $2 role. A protected table with tenants that a foreign key of the relation refers to and
-- that the role does not own.
with recursive up (referenced, relation) as (
  select k.confrelid, k.confrelid from pg_constraint k where k.conrelid = $1 and k.contype = 'f' and k.conparentid = 0
  union
  select up.referenced, i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
)
select c.oid
from up
join tenancy.protection p on p.relation = up.relation and p.kind <> 'untenanted'
join pg_class c on c.oid = up.referenced
where not pg_has_role($2, c.relowner, 'usage')
order by c.oid
limit 1
