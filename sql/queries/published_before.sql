-- $1 protected table. The publications that publish it, or parts of it, by more than one tenant's rows, and of each the first such
-- table.
with recursive covered (relation, tenant_column) as (
  select p.relation::oid, p.tenant_column from tenancy.protection p where p.relation = $1 and p.kind <> 'untenanted'
  union
  select i.inhrelid, covered.tenant_column from covered join pg_inherits i on i.inhparent = covered.relation
)
select distinct on (pub.pubname)
  pub.pubname::text,
  covered.relation,
  covered.tenant_column::text,
  pub.puballtables or exists (
    select from pg_publication_namespace n where n.pnpubid = pub.oid and n.pnnspid = c.relnamespace
  )
from covered
join pg_class c on c.oid = covered.relation
join pg_attribute a on a.attrelid = covered.relation and a.attname = covered.tenant_column
join pg_publication pub on pub.puballtables
  or exists (
    select from pg_publication_rel r
    where r.prpubid = pub.oid and r.prrelid = covered.relation and tenancy.names_one_tenant(r.prqual, a.attnum) is not true
  )
  or exists (
    select from pg_publication_namespace n where n.pnpubid = pub.oid and n.pnnspid = c.relnamespace
  )
order by pub.pubname, covered.relation
