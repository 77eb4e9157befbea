-- $1 relation. Its columns that have a sequence of their own, and the sequences.
select a.attname::text, s.sequence
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join lateral (select pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) as sequence) s
where c.oid = $1
  and s.sequence is not null
