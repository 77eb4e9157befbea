-- A custom group of this statement whose name another group has: a tenant's own, or a renamed one.
select n.name
from new_rows n
where exists (select from tenancy.system_group_texts x where x.name = n.name)
  or n.name ~ '_(subtenants|supertenants|relatedtenants)$'
    and exists (
      select from tenancy.tenants t
      where t.name = regexp_replace(n.name, '_(subtenants|supertenants|relatedtenants)$', '')
    )
limit 1
