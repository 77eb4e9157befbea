-- $1 key, $2 secret in base64url.
insert into tenancy.token_secrets (key_id, secret)
values ($1, $2)
on conflict (key_id) do update set secret = excluded.secret
