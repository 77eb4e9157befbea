-- A tenant of this statement whose contact does not exist. Locked, so that those that exist stay.
select n.id
from new_rows n
where n.contact_id is not null
  and not exists (select from tenancy.contacts c where c.id = n.contact_id for key share)
limit 1
