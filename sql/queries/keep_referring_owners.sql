-- $1 a table that was a part, $2 the table that it was a part of, or the one above that. Whose tables may refer to it stays.
with recursive above (relation) as (
  select $2::oid
  union
  select i.inhparent from above join pg_inherits i on i.inhrelid = above.relation
)
insert into tenancy.referring_owners (relation, owner)
select distinct $1, o.owner from tenancy.referring_owners o where o.relation in (select above.relation from above)
on conflict do nothing
