-- $1 key id, $2 issuer or NULL. The key that a token names; a key of that issuer goes before one of any issuer.
select k.algorithm, k.jwk, k.kid, s.secret, k.audience, k.tenant_id, k.names_tenants,
  ceil(extract(epoch from k.not_before))::bigint, floor(extract(epoch from k.expires_at))::bigint
from tenancy.token_keys k
left join tenancy.token_secrets s on s.key_id = k.id
where k.kid = $1
  and (k.issuer = $2 or k.issuer is null)
  and k.enabled
order by k.issuer nulls last
limit 1
