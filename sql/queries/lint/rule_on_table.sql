-- What a rule does runs with the rights of the table's owner, instead of or besides what was asked for.
select
  'rule ' || quote_ident(r.rulename) || ' on ' || t.relation::regclass,
  'What it does runs with the rights of the table''s owner, for other rows than those that were written.',
  format('drop rule %I on %s', r.rulename, t.relation::regclass)
from tenanted t
join pg_rewrite r on r.ev_class = t.relation
union all
-- One elsewhere may write what row security keeps from whoever sets it off.
select
  'rule ' || quote_ident(r.rulename) || ' on ' || c.oid::regclass,
  format('What it does to %s runs with the rights of %s, whom row security does not bind.', min(t.relation::regclass::text), c.relowner::regrole),
  format('drop rule %I on %s', r.rulename, c.oid::regclass)
from pg_rewrite r
join pg_class c on c.oid = r.ev_class
join unbound u on u.role = c.relowner
join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
join (
  select relation, relation from tenanted
  union
  select s.view, s.relation from shows s
) n (named, relation) on n.named = d.refobjid and n.named <> c.oid
join tenanted t on t.relation = n.relation
where r.ev_type <> '1'
  and c.oid not in (select relation from tenanted)
group by r.rulename, c.oid, c.relowner
