-- $1 the table that became a part of another, if one did; otherwise the DDL command made tables, or gave them another schema. The
-- protected tables among them of which a publication publishes more than one tenant's rows, unless it does so with a table above
-- them; whether it does so because it has all tables of a schema.
with recursive moved (relation) as (
  select coalesce($1, d.objid) from pg_event_trigger_ddl_commands() d where d.classid = 'pg_class'::regclass
  union
  select i.inhrelid from moved join pg_inherits i on i.inhparent = moved.relation where $1 is not null
),
above (relation, ancestor) as (
  select moved.relation, moved.relation from moved
  union
  select above.relation, i.inhparent from above join pg_inherits i on i.inhrelid = above.ancestor
),
published (relation, publication, filter, by_schema) as (
  select r.prrelid, r.prpubid, r.prqual, false from pg_publication_rel r
  union all
  select c.oid, n.pnpubid, null, true from pg_publication_namespace n join pg_class c on c.relnamespace = n.pnnspid
)
select pub.pubname::text, w.relation, t.tenant_column::text, w.by_schema
from moved
join published w on w.relation = moved.relation and (w.by_schema or $1 is not null)
join pg_publication pub on pub.oid = w.publication
cross join lateral (
  select p.tenant_column
  from above
  join tenancy.protection p on p.relation = above.ancestor and p.kind <> 'untenanted'
  where above.relation = moved.relation
  limit 1
) t
join pg_attribute a on a.attrelid = w.relation and a.attname = t.tenant_column
where tenancy.names_one_tenant(w.filter, a.attnum) is not true
  and not exists (
    select from above join published p on p.relation = above.ancestor and p.publication = w.publication
    where above.relation = moved.relation
      and above.ancestor <> moved.relation
      and tenancy.names_one_tenant(p.filter, a.attnum) is not true
  )
order by w.relation, 1
limit 1
