-- $1 tenant.
select count(*) from tenancy.users where tenant_id = $1 and login_enabled
