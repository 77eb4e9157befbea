-- $1 a part of a protected table, $2 that table, $3 tenant column. The default that protect() gave the column, if the part's
-- column has none: tables that became parts later bring their own.
select pg_get_expr(d.adbin, d.adrelid)
from pg_attribute a
join pg_attribute own on own.attrelid = $1 and own.attname = a.attname and not own.atthasdef
join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $2
  and a.attname = $3
  and pg_get_expr(d.adbin, d.adrelid) like 'tenancy.writable_tenant%'
