-- $1 id, $2 name, $3 parent, $4 allows subtenants, $5 status, $6 number or NULL, $7 description, $8 terms of use, $9 logo,
-- $10 location, $11 created, $12 updated.
insert into tenancy.tenants (id, name, parent_id, allows_subtenants, status, number, description, terms_of_use, logo_url,
  location, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::timestamptz, $12::timestamptz)
