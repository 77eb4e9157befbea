-- $1 tenants. What there is to say of them, from the top of the hierarchy down.
select row_to_json(x)::text
from (
  select t.id, t.number, t.name, t.parent_id, t.status, t.allows_subtenants, t.description, t.terms_of_use, t.logo_url,
    t.contact_id, t.location, t.created_at, t.updated_at
  from tenancy.tenants t
  where t.id = any($1)
  order by t.depth, t.name collate "C"
) x
