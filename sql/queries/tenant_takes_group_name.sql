-- A group that has a name which the system groups of a tenant of this statement have.
select g.name
from (
  select c.name from tenancy.custom_groups c
  union all
  select x.name from tenancy.system_group_texts x
) g
join new_rows n on n.name = regexp_replace(g.name, '_(subtenants|supertenants|relatedtenants)$', '')
where g.name ~ '_(subtenants|supertenants|relatedtenants)$'
limit 1
