-- $1 tenant that was deleted.
select count(*) from tenancy.tenants t where t.parent_id = $1
