-- What a rule does runs with the rights of the table's owner, instead of or besides what was asked for.
select
  'rule ' || quote_ident(r.rulename) || ' on ' || t.relation::regclass,
  'What it does runs with the rights of the table''s owner, for other rows than those that were written.',
  format('drop rule %I on %s', r.rulename, t.relation::regclass)
from tenanted t
join pg_rewrite r on r.ev_class = t.relation
