-- $1 relation, $2 kind, $3 tenant column, $4 what it holds, $5 whether what the table has came with an earlier
-- protect(), of which nothing says whether the column was NOT NULL before. Called before the table is changed.
insert into tenancy.protection (relation, kind, tenant_column, tenant_key, had)
select
  $1,
  $2,
  $3::name,
  $4,
  array_remove(
    array[
      case when a.attnotnull then 'not_null' end,
      case when not $5 and exists (
        select from pg_constraint k
        where k.conrelid = c.oid
          and k.contype = 'f'
          and k.confrelid = 'tenancy.tenants'::regclass
          and k.conkey = array[a.attnum]
          and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
      ) then 'foreign_key' end,
      case when not $5 and c.relrowsecurity then 'row_security' end,
      case when not $5 and c.relforcerowsecurity then 'forced' end
    ],
    null
  )
from pg_class c
left join pg_attribute a on a.attrelid = c.oid and a.attname = $3
where c.oid = $1
