-- The tables given to protect(), but for those whose rows are among those of another one, by their names.
with recursive up (root, relation) as (
  select p.relation::oid, p.relation::oid from tenancy.protection p
  union
  select up.root, i.inhparent from up join pg_inherits i on i.inhrelid = up.relation
)
select c.oid
from tenancy.protection p
join pg_class c on c.oid = p.relation
join pg_namespace n on n.oid = c.relnamespace
where not exists (
  select from up join tenancy.protection other on other.relation = up.relation
  where up.root = p.relation and up.relation <> p.relation
)
order by n.nspname collate "C", c.relname collate "C"
