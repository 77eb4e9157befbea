-- $1 a schema's old name, $2 its new name.
update tenancy.governed_schemas set schema_name = $2::name where schema_name = $1::name
