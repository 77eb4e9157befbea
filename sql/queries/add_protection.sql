-- $1 relation, $2 kind, $3 tenant column, $4 what it holds.
insert into tenancy.protection (relation, kind, tenant_column, tenant_key) values ($1, $2, $3::name, $4)
