-- What a publication sends, the other server shows.
select
  'publication ' || quote_ident(b.pubname),
  format('It sends the rows of all tenants of %s.', string_agg(distinct t.relation::regclass::text, ', ')),
  case
    -- tables of a schema, or all of them
    when count(r.prrelid) = 0 then format('drop publication %I', b.pubname)
    else format('alter publication %I drop table %s', b.pubname, string_agg(distinct r.prrelid::regclass::text, ', '))
  end
from pg_publication b
join pg_publication_tables p on p.pubname = b.pubname and p.rowfilter is null
join pg_namespace n on n.nspname = p.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
join tenanted t on t.relation = c.oid
left join pg_publication_rel r on r.prpubid = b.oid and r.prrelid in (t.relation, t.root)
group by b.pubname
