-- Who reads a slot sees what all tenants write.
select
  'replication slot ' || quote_ident(s.slot_name),
  'Whoever reads it sees the rows that all tenants write; it needs REPLICATION.',
  format('select pg_drop_replication_slot(%L)', s.slot_name)
from pg_replication_slots s
where s.slot_type = 'logical'
  and s.database = current_database()
