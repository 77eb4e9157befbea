-- A renamed system group of this statement whose name another group has.
select n.name
from new_rows n
where exists (select from tenancy.custom_groups c where c.name = n.name)
  or n.name ~ '_(subtenants|supertenants|relatedtenants)$'
    and exists (
      select from tenancy.tenants t
      where t.name = regexp_replace(n.name, '_(subtenants|supertenants|relatedtenants)$', '')
        and (t.id <> n.tenant_id or n.name <> t.name || '_' || n.relation)
    )
limit 1
