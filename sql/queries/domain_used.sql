-- $1 domain, $2 role. A protected table with tenants, or a part of one, that has a column of the domain or of a domain made of it,
-- and that the role does not own.
with recursive made_of (type) as (
  select $1
  union
  select t.oid from made_of join pg_type t on t.typbasetype = made_of.type and t.typtype = 'd'
),
up (relation, above) as (
  select a.attrelid, a.attrelid from made_of join pg_attribute a on a.atttypid = made_of.type and a.attnum > 0 and not a.attisdropped
  union
  select up.relation, i.inhparent from up join pg_inherits i on i.inhrelid = up.above
)
select c.oid
from up
join tenancy.protection p on p.relation = up.above and p.kind <> 'untenanted'
join pg_class c on c.oid = up.relation
where not pg_has_role($2, c.relowner, 'usage')
order by c.oid
limit 1
