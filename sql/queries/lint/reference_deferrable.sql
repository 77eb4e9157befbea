-- The rule is looked at at commit; a missing row is told at once where SET CONSTRAINTS … IMMEDIATE says so.
select
  'constraint ' || quote_ident(k.conname) || ' on ' || k.conrelid::regclass,
  format('It is deferrable: SET CONSTRAINTS tells which keys of %s other tenants have.', k.confrelid::regclass),
  format('alter table %s alter constraint %I not deferrable', k.conrelid::regclass, k.conname)
from pg_constraint k
where k.contype = 'f'
  and k.conparentid = 0
  and k.condeferrable
  and k.confrelid in (select relation from tenanted)
  and k.conrelid in (select relation from part)
