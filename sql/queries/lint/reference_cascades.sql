-- Cascades write rows of tenants below, which the session may not write.
select
  'constraint ' || quote_ident(k.conname) || ' on ' || k.conrelid::regclass,
  format('Its action writes the rows that refer to a row of %s, also those of tenants below, which the session may not write.',
    k.confrelid::regclass),
  null
from pg_constraint k
where k.contype = 'f'
  and k.conparentid = 0
  and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
  and k.confrelid in (select relation from tenanted)
  and k.conrelid in (select relation from tenanted)
