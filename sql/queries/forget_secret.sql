-- $1 key.
delete from tenancy.token_secrets
where key_id = $1
