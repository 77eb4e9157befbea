-- $1 one of the built-in tenants. Takes over what a dump says about it.
update tenancy.tenants
set name = $2, description = $3, terms_of_use = $4, logo_url = $5, contact_id = $6, location = $7, created_at = $8, updated_at = $9
where id = $1
