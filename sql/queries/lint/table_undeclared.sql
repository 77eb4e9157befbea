-- Other tables among the protected ones: as untenanted, their references would be looked at.
select
  'table ' || c.oid::regclass,
  'It stands among protected tables, but it is not protected: everybody who has privileges on it sees all its rows, and nothing looks at what it refers to.',
  format('select tenancy.protect(%L, ''untenanted'')', c.oid::regclass)
from pg_class c
where c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relpersistence <> 't'
  and c.relnamespace in (select n.relnamespace from pg_class n where n.oid in (select relation from tenanted))
  and c.oid not in (select relation from part)
  and not exists (select from pg_inherits i where i.inhrelid = c.oid)
  and not exists (
    select from pg_attribute a
    where a.attrelid = c.oid
      and a.attname in (select 'tenant_id' union all select tenant_column from tenancy.protection)
  )
  and not exists (
    select from pg_constraint k
    where k.conrelid = c.oid
      and k.contype = 'f'
      and (k.confrelid = 'tenancy.tenants'::regclass or k.confrelid in (select relation from tenanted))
  )
