-- Tables that are not protected, or by another tenant column, and have protected tables as parts.
select
  'table ' || i.inhparent::regclass,
  format('The protected table %s is a part of it, but it is not protected by the same tenant column: it shows the rows of all tenants.', c.oid::regclass),
  case
    when c.relispartition then format('alter table %s detach partition %s', i.inhparent::regclass, c.oid::regclass)
    else format('alter table %s no inherit %s', c.oid::regclass, i.inhparent::regclass)
  end
from tenanted t
join pg_class c on c.oid = t.relation
join pg_inherits i on i.inhrelid = c.oid
where c.relkind <> 'f'
  and not exists (select from tenanted above where above.relation = i.inhparent and above.tenant_column = t.tenant_column)
