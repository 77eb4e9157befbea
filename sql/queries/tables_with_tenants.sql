select p.relation::oid from tenancy.protection p where p.tenant_column is not null order by p.relation::text
