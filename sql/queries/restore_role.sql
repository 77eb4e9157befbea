-- $1 one of the built-in roles. Takes over what a dump says about it.
update tenancy.roles
set description = $2, read_access = $3, read_tenant_id = $4, read_group_id = $5, write_access = $6, write_tenant_id = $7,
  write_group_id = $8, updates_public = $9, administers = $10, created_at = $11, updated_at = $12
where id = $1
