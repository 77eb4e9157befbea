-- $1 relation, $2 old name, $3 new name.
update tenancy.reference_settings set constraint_name = $3::name where relation = $1 and constraint_name = $2::name
