-- A role of this statement whose group is neither a custom group nor a tenant's. Locked, so that those that exist stay.
select n.id
from new_rows n
cross join lateral (values (n.read_group_id), (n.write_group_id)) g (id)
where g.id is not null
  and not exists (select from tenancy.custom_groups c where c.id = g.id for key share)
  and not exists (
    select from tenancy.tenants t
    where t.id in (
      tenancy.system_group_id(g.id, 'subtenants'),
      tenancy.system_group_id(g.id, 'supertenants'),
      tenancy.system_group_id(g.id, 'relatedtenants')
    )
    for key share
  )
limit 1
