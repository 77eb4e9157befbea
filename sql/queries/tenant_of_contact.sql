-- $1 contact.
select c.tenant_id from tenancy.contacts c where c.id = $1
