-- $1 a table that was a partition, $2 the table that it was a partition of. Its foreign keys keep the rules that they had there, which
-- are those of the table at the top.
with recursive above (relation) as (
  select $2::oid
  union
  select i.inhparent from above join pg_inherits i on i.inhrelid = above.relation
)
insert into tenancy.reference_settings (relation, constraint_name, service_provider_eligible, on_tenant_change, names_tenant)
select $1, own.conname, s.service_provider_eligible, s.on_tenant_change, s.names_tenant
from tenancy.reference_settings s
join pg_constraint theirs on theirs.conrelid = s.relation and theirs.conname = s.constraint_name
join pg_constraint own on own.conrelid = $1 and own.contype = 'f' and own.confrelid = theirs.confrelid
where s.relation in (select above.relation from above)
  and array(
    select a.attname
    from unnest(own.conkey) with ordinality k (attnum, nth)
    join pg_attribute a on a.attrelid = own.conrelid and a.attnum = k.attnum
    order by k.nth
  ) = array(
    select a.attname
    from unnest(theirs.conkey) with ordinality k (attnum, nth)
    join pg_attribute a on a.attrelid = theirs.conrelid and a.attnum = k.attnum
    order by k.nth
  )
on conflict (relation, constraint_name) do nothing
