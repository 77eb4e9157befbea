-- Unique keys without the tenant, over values that say something: a tenant learns which values others have.
select
  case when c.oid is null then 'index ' || k.index::regclass else format('constraint %I on %s', c.conname, k.relation::regclass) end,
  'The key does not name the tenant: who inserts a value that another tenant has is refused, and so learns of it.',
  case
    when exists (select from pg_constraint f where f.contype = 'f' and f.conindid = k.index) or i.indisexclusion then null
    when i.indisprimary and k.kind = 'optional' then null
    when c.oid is not null then format(
      'alter table %s drop constraint %I, add constraint %I %s',
      k.relation::regclass,
      c.conname,
      c.conname,
      regexp_replace(
        pg_get_constraintdef(c.oid),
        '( NULLS NOT DISTINCT)? \(',
        format('%s (%s, ', case k.kind when 'optional' then ' NULLS NOT DISTINCT' end, replace(quote_ident(k.tenant_column), '\', '\\'))
      )
    )
    else format(
      'drop index %s; %s',
      k.index::regclass,
      regexp_replace(
        pg_get_indexdef(k.index),
        '( USING \w+ \()',
        format('\1%s, ', replace(quote_ident(k.tenant_column), '\', '\\'))
      )
    )
  end
from tenantless_key k
join pg_index i on i.indexrelid = k.index
left join pg_constraint c on c.conindid = k.index and c.contype in ('p', 'u', 'x')
where k.says_something
