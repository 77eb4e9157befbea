-- Publications that send the rows of one tenant: as somebody wants it, whom others have to trust.
select
  'publication ' || quote_ident(b.pubname),
  format('It sends rows of one tenant, or public rows, of %s to whoever subscribes.', string_agg(distinct t.relation::regclass::text, ', ')),
  null
from pg_publication_rel r
join pg_publication b on b.oid = r.prpubid
join tenanted t on t.relation = r.prrelid
where tenancy.names_one_tenant(r.prqual, t.attnum)
group by b.pubname
