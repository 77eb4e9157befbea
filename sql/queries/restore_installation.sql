-- $1 mode, $2 levels, $3 tenants, $4 entries.
update tenancy.installation set mode = $1, max_depth = $2, max_tenants = $3, record_entries = $4
