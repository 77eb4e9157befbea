-- $1 relation, $2 tenant column. What of its definition came with protect(), as actions of ALTER TABLE.
select format('alter column %I drop default', a.attname)
from pg_attribute a
join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1
  and a.attname = $2
  and pg_get_expr(d.adbin, d.adrelid) like 'tenancy.writable_tenant%'
union all
select format('alter column %I drop not null', a.attname)
from tenancy.protection p
join pg_attribute a on a.attrelid = p.relation
where p.relation = $1
  and a.attname = $2
  and a.attnotnull
  and p.kind = 'required'
  and not 'not_null' = any (p.had)
union all
select case had.what when 'row_security' then 'enable row level security' else 'force row level security' end
from tenancy.protection p
cross join unnest(p.had) had (what)
where p.relation = $1
  and had.what in ('row_security', 'forced')
