-- $1 protected table. Parts of it that were protected in their own right no longer are, and leave their modules for its own.
with recursive down (relation) as (
  select i.inhrelid from pg_inherits i where i.inhparent = $1
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
members as (
  delete from tenancy.module_tables m
  using down
  where m.relation = down.relation
),
absorbed as (
  delete from tenancy.protection p
  using down
  where p.relation = down.relation
  returning p.relation, p.kind
)
-- those that have policies
select a.relation::oid from absorbed a where a.kind <> 'untenanted'
