-- Who may write a table that nothing looks at learns by its foreign key which rows other tenants have.
select
  'constraint ' || quote_ident(k.conname) || ' on ' || k.conrelid::regclass,
  format('%s is not protected: who writes it learns which keys %s has, and what it refers to is not looked at.',
    k.conrelid::regclass, k.confrelid::regclass),
  format('select tenancy.protect(%L, ''untenanted'')', k.conrelid::regclass)
from pg_constraint k
where k.contype = 'f'
  and k.conparentid = 0
  and k.confrelid in (select relation from tenanted)
  and k.conrelid not in (select relation from part)
