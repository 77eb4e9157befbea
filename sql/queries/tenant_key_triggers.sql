-- The triggers that PostgreSQL has on tenants for foreign keys of protected tables and their parts. Not those whose actions change rows,
-- and not those that can be deferred.
with recursive part (relation) as (
  select p.relation::oid from tenancy.protection p
  union
  select i.inhrelid from part join pg_inherits i on i.inhparent = part.relation
)
select t.oid
from pg_trigger t
join pg_constraint k on k.oid = t.tgconstraint and k.confrelid = t.tgrelid
where t.tgrelid = 'tenancy.tenants'::regclass
  and k.contype = 'f'
  and k.confdeltype = 'a'
  and k.confupdtype = 'a'
  and not k.condeferrable
  and k.conrelid in (select relation from part)
