-- $1 the table that became a part of another, if one did; otherwise the DDL command made tables, or gave them another schema. The
-- protected tables among them that a publication publishes without a row filter, unless it does so with a table above them.
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
whole (relation, publication, by_schema) as (
  select r.prrelid, r.prpubid, false from pg_publication_rel r where r.prqual is null
  union all
  select c.oid, n.pnpubid, true from pg_publication_namespace n join pg_class c on c.relnamespace = n.pnnspid
)
select pub.pubname::text, w.relation
from moved
join whole w on w.relation = moved.relation and (w.by_schema or $1 is not null)
join pg_publication pub on pub.oid = w.publication
where exists (
    select from above join tenancy.protection p on p.relation = above.ancestor and p.kind <> 'untenanted'
    where above.relation = moved.relation
  )
  and not exists (
    select from above join whole on whole.relation = above.ancestor and whole.publication = w.publication
    where above.relation = moved.relation and above.ancestor <> moved.relation
  )
order by w.relation, 1
limit 1
