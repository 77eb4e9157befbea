-- $1 relation, $2 old name, $3 new name.
update tenancy.protection set tenant_column = $3::name where relation = $1 and tenant_column = $2::name
