-- $1 group.
delete from tenancy.custom_groups where id = $1
