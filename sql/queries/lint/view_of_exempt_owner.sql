-- Views read with the rights of their owner.
select
  'view ' || v.oid::regclass,
  format('It reads %s with the rights of its owner, %s, who %s: it shows the rows of all tenants.',
    min(t.relation::regclass::text), v.relowner::regrole, u.why),
  format('alter view %s set (security_invoker)', v.oid::regclass)
from shows s
join tenanted t on t.relation = s.relation
join pg_class v on v.oid = s.view and v.relkind = 'v'
join unbound u on u.role = v.relowner
where v.oid not in (select view from invoker_view)
group by v.oid, v.relowner, u.why
