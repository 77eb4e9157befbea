-- $1 protected table. The publications that publish it, or parts of it, without a row filter, and of each the first such table.
with recursive covered (relation) as (
  select p.relation::oid from tenancy.protection p where p.relation = $1 and p.kind <> 'untenanted'
  union
  select i.inhrelid from covered join pg_inherits i on i.inhparent = covered.relation
)
select distinct on (pub.pubname) pub.pubname::text, covered.relation
from covered
join pg_class c on c.oid = covered.relation
join pg_publication pub on pub.puballtables
  or exists (
    select from pg_publication_rel r where r.prpubid = pub.oid and r.prrelid = covered.relation and r.prqual is null
  )
  or exists (
    select from pg_publication_namespace n where n.pnpubid = pub.oid and n.pnnspid = c.relnamespace
  )
order by pub.pubname, covered.relation
