-- Keys that are of no use any more.
select
  'token key ' || k.id,
  'It has expired: no token that it signed is accepted.',
  format('delete from tenancy.token_keys where id = %L', k.id)
from tenancy.token_keys k
where k.expires_at <= now()
  and k.enabled
