-- Keys whose numbers come from a sequence, where others than the owner may write these numbers themselves: identity columns also by
-- OVERRIDING SYSTEM VALUE.
select
  'table ' || k.relation::regclass,
  format(
    '%s may write %s, which a sequence numbers: a number that is refused is that of some tenant''s row, and one that is still to come makes the insert fail that draws it. Grant INSERT and UPDATE by column, without it, or draw keys by lot.',
    string_agg(distinct case g.grantee when 0 then 'public' else g.grantee::regrole::text end, ', '),
    string_agg(distinct quote_ident(a.attname), ', ')
  ),
  null
from tenantless_key k
join pg_class c on c.oid = k.relation
join pg_attribute a on a.attrelid = k.relation and a.attname = any (k.drawn)
cross join lateral (
  select * from aclexplode(c.relacl)
  union all
  select * from aclexplode(a.attacl)
) g
where g.grantee <> c.relowner
  and g.grantee not in (select role from unbound)
  and (g.privilege_type = 'INSERT' or g.privilege_type = 'UPDATE' and a.attidentity <> 'a')
group by k.relation
