-- Other tables among the protected ones: as untenanted, their references would be looked at.
select
  'table ' || c.oid::regclass,
  'It stands among protected tables, but it is not protected: everybody who has privileges on it sees all its rows, and nothing looks at what it refers to.',
  case
    when h.relation is not null then h.adopt
    when c.oid not in (select relation from naming) then format('select tenancy.protect(%L, ''untenanted'')', c.oid::regclass)
  end
from pg_class c
left join child h on h.relation = c.oid
where c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relpersistence <> 't'
  and c.relnamespace in (select n.relnamespace from pg_class n where n.oid in (select relation from tenanted))
  and c.oid not in (select relation from part)
  and not exists (select from pg_inherits i where i.inhrelid = c.oid)
  -- of these reference_from_unprotected and table_unprotected tell
  and (h.relation is null and c.oid not in (select relation from naming) or c.oid not in (select relation from usable))
