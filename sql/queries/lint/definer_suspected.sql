-- The same for bodies that are text: a suspicion, by the names of tables and views in them.
, named (relation, pattern) as (
  select c.oid::regclass, '\m' || regexp_replace(c.relname, '([^[:alnum:]_])', '\\\1', 'g') || '\M'
  from pg_class c
  where c.oid in (select relation from tenanted union select s.view from shows s join tenanted t on t.relation = s.relation)
)
select
  'function ' || d.function::regprocedure,
  format('It runs with the rights of its owner, %s, whom row security does not bind, and its text seems to name %s.',
    p.proowner::regrole, min(n.relation::text)),
  format('alter routine %s security invoker', d.function::regprocedure)
from definer d
join pg_proc p on p.oid = d.function
join pg_language l on l.oid = p.prolang and l.lanname not in ('c', 'internal')
join named n on p.prosrc ~* n.pattern
where d.reads is null
  and (d.function, 'pg_proc'::regclass) not in (select object, class from brought)
group by d.function, p.proowner
