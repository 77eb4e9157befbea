-- $1 relation, $2 tenant column, $3 what a row's tenant is as SQL, $4 whether the column comes with a default that says so.
-- Begun before, it goes on; what the table had at first counts.
insert into tenancy.adoptions (relation, tenant_column, value, by_default, had)
select
  $1,
  $2::name,
  $3,
  $4,
  array_remove(
    array[
      case when a.attnotnull then 'not_null' end,
      case when exists (
        select from pg_constraint k
        where k.conrelid = c.oid
          and k.contype = 'f'
          and k.confrelid = 'tenancy.tenants'::regclass
          and k.conkey = array[a.attnum]
      ) then 'foreign_key' end
    ],
    null
  )
from pg_class c
left join pg_attribute a on a.attrelid = c.oid and a.attname = $2
where c.oid = $1
on conflict (relation) do update set tenant_column = excluded.tenant_column, value = excluded.value
returning by_default
