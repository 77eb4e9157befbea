-- The protected tables that a publication which the DDL command was about publishes without a row filter.
with recursive covered (relation) as (
  select p.relation::oid from tenancy.protection p where p.kind <> 'untenanted'
  union
  select i.inhrelid from covered join pg_inherits i on i.inhparent = covered.relation
),
publications as (
  select pub.oid, pub.pubname, pub.puballtables
  from pg_event_trigger_ddl_commands() d
  left join pg_publication_rel r on d.classid = 'pg_publication_rel'::regclass and r.oid = d.objid
  left join pg_publication_namespace n on d.classid = 'pg_publication_namespace'::regclass and n.oid = d.objid
  join pg_publication pub on pub.oid = coalesce(r.prpubid, n.pnpubid, d.objid)
)
select p.pubname::text, covered.relation
from publications p
join covered on p.puballtables
  or exists (
    select from pg_publication_rel r where r.prpubid = p.oid and r.prrelid = covered.relation and r.prqual is null
  )
  or exists (
    select from pg_publication_namespace n join pg_class c on c.relnamespace = n.pnnspid
    where n.pnpubid = p.oid and c.oid = covered.relation
  )
order by covered.relation
limit 1
