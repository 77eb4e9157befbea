-- $1 group, $2 name, $3 description.
update tenancy.custom_groups set name = $2, description = $3 where id = $1
