-- $1 relation. What the adoption gave the table it did not have before protection: release() takes it back.
with over as (
  delete from tenancy.adoptions a where a.relation = $1 returning a.relation, a.had
)
update tenancy.protection p
set had = array(select w from unnest(p.had) w where w not in ('not_null', 'foreign_key') or w = any (over.had))
from over
where p.relation = over.relation
