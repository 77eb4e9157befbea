-- What a publication sends, the other server shows. A filter counts if it lets the rows of one tenant pass.
, published (relation, publication, filter, singly) as (
  select r.prrelid, r.prpubid, r.prqual, true from pg_publication_rel r
  union all
  select c.oid, n.pnpubid, null, false from pg_publication_namespace n join pg_class c on c.relnamespace = n.pnnspid
  union all
  select t.relation, b.oid, null, false from pg_publication b cross join tenanted t where b.puballtables
),
above (relation, ancestor) as (
  select t.relation, i.inhparent from tenanted t join pg_inherits i on i.inhrelid = t.relation
  union
  select above.relation, i.inhparent from above join pg_inherits i on i.inhrelid = above.ancestor
)
select
  'publication ' || quote_ident(b.pubname),
  format(
    'It sends the rows of all tenants of %s. To send those of one, publish each table with a row filter that says which: WHERE (%I = ''…'').',
    string_agg(distinct t.relation::regclass::text, ', '),
    min(t.tenant_column)
  ),
  case
    -- tables of a schema, or all of them
    when not bool_and(p.singly) then format('drop publication %I', b.pubname)
    else format('alter publication %I drop table %s', b.pubname, string_agg(distinct t.relation::regclass::text, ', '))
  end
from published p
join pg_publication b on b.oid = p.publication
join tenanted t on t.relation = p.relation
join pg_class c on c.oid = t.relation and c.relkind in ('r', 'p') and c.relpersistence = 'p'
where tenancy.names_one_tenant(p.filter, t.attnum) is not true
  -- partitions go by the filter of a table above them, if the publication says so
  and not (
    b.pubviaroot
    and c.relispartition
    and exists (
      select from above join published o on o.relation = above.ancestor and o.publication = b.oid
      where above.relation = t.relation
    )
  )
group by b.pubname
