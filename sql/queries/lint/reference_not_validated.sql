-- Rows may refer to rows that are not there: who later takes such a key has them refer to his.
select
  'constraint ' || quote_ident(k.conname) || ' on ' || k.conrelid::regclass,
  case when n.enforced then 'It is NOT VALID: older rows may refer to nothing.' else 'It is NOT ENFORCED: rows may refer to nothing.' end,
  format(
    case when n.enforced then 'alter table %s validate constraint %I' else 'alter table %s alter constraint %I enforced' end,
    k.conrelid::regclass,
    k.conname
  )
from pg_constraint k
-- a column of PostgreSQL 18
cross join lateral (select coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)) n (enforced)
where k.contype = 'f'
  and k.conparentid = 0
  and not k.convalidated
  and k.conrelid in (select relation from part)
  and k.confrelid in (select relation from part)
