-- $1 relation, $2 constraint. A row if it was not there yet.
insert into tenancy.reference_settings (relation, constraint_name) values ($1, $2::name)
on conflict (relation, constraint_name) do nothing
returning constraint_name::text
