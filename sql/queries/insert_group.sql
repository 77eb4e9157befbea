-- $1 id or NULL, $2 name, $3 description.
insert into tenancy.custom_groups (id, name, description)
values (coalesce($1, gen_random_uuid()), $2, $3)
returning id
