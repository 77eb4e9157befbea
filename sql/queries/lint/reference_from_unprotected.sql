-- Rows that refer to tenants' rows, in a table that nothing looks at: who may read it sees them all, and who may write it learns by
-- its foreign keys which rows other tenants have.
select
  'table ' || h.relation::regclass,
  format(
    'It is not protected, but refers to %s (%s): who reads it sees what belongs to rows of all tenants, who writes it learns which keys there are, and what it refers to is not looked at. Another of its keys fits better, if by this one rows refer to two tenants.',
    h.parents,
    h.keys
  ),
  h.adopt
from child h
where h.relation in (select relation from usable)
