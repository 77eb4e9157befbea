-- $1 a table referred to, or NULL; $2 else a table, with its parts, and $3 a column of it or NULL; $4 role. A protected table with
-- tenants that the one is, or that foreign keys of the other, of that column or all, refer to, and that the role does not own.
with recursive down (relation) as (
  select $2
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
up (referenced, relation) as (
  select r.relation, r.relation
  from (
    select $1
    union
    select k.confrelid
    from down
    join pg_constraint k on k.conrelid = down.relation and k.contype = 'f'
    where $3 is null
      or exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = $3 and a.attnum = any (k.conkey))
  ) r (relation)
  where r.relation is not null
  union
  select up.referenced, i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
)
select c.oid
from up
join tenancy.protection p on p.relation = up.relation and p.kind <> 'untenanted'
join pg_class c on c.oid = up.referenced
where not pg_has_role($4, c.relowner, 'usage')
order by c.oid
limit 1
