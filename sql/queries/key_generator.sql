-- $1 relation. The only column of its primary key, if that makes its own values, and how: a sequence that is its own, or a
-- random uuid.
select
  a.attname::text,
  case
    when s.sequence is not null then format('pg_catalog.nextval(%L::pg_catalog.regclass)', s.sequence)
    else 'pg_catalog.gen_random_uuid()'
  end
from pg_index i
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
cross join lateral (
  select pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) as sequence
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.oid = i.indrelid
) s
where i.indrelid = $1
  and i.indisprimary
  and i.indnkeyatts = 1
  and (s.sequence is not null or a.atttypid = 'uuid'::regtype)
