-- Ours names the tenant last; a later one changes what it has named.
select
  'trigger ' || quote_ident(g.tgname) || ' on ' || t.relation::regclass,
  'It fires before the row is written, but after zz_tenancy_name: a reference that it changes no longer names the tenant.',
  format('alter trigger %I on %s rename to %I', g.tgname, t.relation::regclass, 'a_' || g.tgname)
from tenanted t
join pg_trigger ours on ours.tgrelid = t.relation and ours.tgname = 'zz_tenancy_name'
join pg_trigger g on g.tgrelid = t.relation and not g.tgisinternal and g.tgparentid = 0 and g.tgname > ours.tgname
where g.tgtype & 7 = 7 -- before each row, insert
