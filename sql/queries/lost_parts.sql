-- Tables that carry our policies but are neither protected nor part of a protected table.
with recursive covered (relation) as (
  select p.relation::oid from tenancy.protection p
  union
  select i.inhrelid from covered join pg_inherits i on i.inhparent = covered.relation
)
select c.oid
from pg_class c
join pg_policy p on p.polrelid = c.oid and p.polname = 'tenancy_select'
where c.relkind in ('r', 'p')
  and c.relnamespace <> 'tenancy'::regnamespace
  and c.oid not in (select covered.relation from covered)
