-- $1 relation, $2 constraint: its rows have been looked at, and those written since were looked at by the foreign key.
update pg_constraint c
set convalidated = true
where c.conrelid = $1
  and c.conname = $2::name
  and c.contype = 'f'
  and c.confrelid = 'tenancy.tenants'::regclass
  and not c.convalidated
