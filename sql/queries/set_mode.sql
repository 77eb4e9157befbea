-- $1 mode.
update tenancy.installation set mode = $1
