-- Other views that are asked for other privileges than those of whoever asks. They show all as soon as that owner is no
-- longer bound, or as a view between becomes a security_invoker.
select
  'view ' || v.oid::regclass,
  format('It reads %s not with the rights of whoever asks, but of its owner, %s, or of the owner of a view that it names.',
    min(t.relation::regclass::text), v.relowner::regrole),
  format('alter view %s set (security_invoker)', v.oid::regclass)
from comes_from f
join tenanted t on t.relation = f.relation
join pg_class v on v.oid = f.view and v.relkind = 'v'
where v.oid not in (select view from invoker_view)
  and not (
    v.relowner in (select role from unbound)
    and v.oid in (select s.view from shows s where s.relation in (select relation from tenanted))
  )
group by v.oid, v.relowner
