-- The protected tables of which a publication that the DDL command was about publishes more than one tenant's rows; whether it does
-- so because it has all tables, or all of a schema.
with recursive covered (relation, tenant_column) as (
  select p.relation::oid, p.tenant_column from tenancy.protection p where p.kind <> 'untenanted'
  union
  select i.inhrelid, covered.tenant_column from covered join pg_inherits i on i.inhparent = covered.relation
),
publications as (
  select pub.oid, pub.pubname, pub.puballtables
  from pg_event_trigger_ddl_commands() d
  left join pg_publication_rel r on d.classid = 'pg_publication_rel'::regclass and r.oid = d.objid
  left join pg_publication_namespace n on d.classid = 'pg_publication_namespace'::regclass and n.oid = d.objid
  join pg_publication pub on pub.oid = coalesce(r.prpubid, n.pnpubid, d.objid)
)
select p.pubname::text, covered.relation, covered.tenant_column::text, p.puballtables or s.by_schema
from publications p
cross join covered
join pg_attribute a on a.attrelid = covered.relation and a.attname = covered.tenant_column
cross join lateral (
  select exists (
    select from pg_publication_namespace n join pg_class c on c.relnamespace = n.pnnspid
    where n.pnpubid = p.oid and c.oid = covered.relation
  )
) s (by_schema)
where p.puballtables
  or s.by_schema
  or exists (
    select from pg_publication_rel r
    where r.prpubid = p.oid and r.prrelid = covered.relation and tenancy.names_one_tenant(r.prqual, a.attnum) is not true
  )
order by covered.relation
limit 1
