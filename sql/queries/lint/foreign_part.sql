-- Foreign tables as parts of protected tables: they have no row security.
select
  'foreign table ' || c.oid::regclass,
  format('It is a part of the protected table %s, but a foreign table has no row security.', t.root::regclass),
  case
    when c.relispartition then format('alter table %s detach partition %s', i.inhparent::regclass, c.oid::regclass)
    else format('alter foreign table %s no inherit %s', c.oid::regclass, i.inhparent::regclass)
  end
from tenanted t
join pg_class c on c.oid = t.relation
join pg_inherits i on i.inhrelid = c.oid
where c.relkind = 'f'
