-- Tokens: the keys that they are signed with, and authenticate(): src/token_keys.rs, src/context.rs

-- Locking: none of its own. Written by superusers only: whoever writes a key may become anybody.
create table tenancy.token_keys (
  id uuid primary key default gen_random_uuid(),
  kid text not null,
  algorithm text not null,
  jwk jsonb not null,
  issuer text,
  audience text,
  tenant_id uuid references tenancy.tenants (id) on delete cascade,
  names_tenants boolean not null default false,
  not_before timestamptz,
  expires_at timestamptz,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (kid, issuer),
  constraint token_keys_kid check (length(kid) between 1 and 200),
  constraint token_keys_jwk check (jsonb_typeof(jwk) = 'object'),
  constraint token_keys_names_tenants check (tenant_id is null or not names_tenants),
  constraint token_keys_finite check (isfinite(not_before) and isfinite(expires_at))
);

create index token_keys_tenant_id_idx on tenancy.token_keys (tenant_id);

comment on table tenancy.token_keys is 'the keys of those who may issue tokens; written by superusers, read by the extension';
comment on column tenancy.token_keys.kid is 'the key id in the token''s header; taken from the key where it is NULL';
comment on column tenancy.token_keys.algorithm is 'RS256, ES256, EdDSA or HS256; taken from the key''s alg where it is NULL';
comment on column tenancy.token_keys.jwk is 'the public key as a JSON Web Key; a shared secret (k) is moved to token_secrets';
comment on column tenancy.token_keys.issuer is 'tokens must have this iss; NULL: any';
comment on column tenancy.token_keys.audience is 'tokens must have this among their aud; NULL: they must have none';
comment on column tenancy.token_keys.tenant_id is 'tokens may name users of this tenant only; NULL: of any';
comment on column tenancy.token_keys.names_tenants is 'tokens may name a tenant and any role instead of a user, as enter_tenant() does';
comment on column tenancy.token_keys.not_before is 'the key is not used before';
comment on column tenancy.token_keys.expires_at is 'the key is not used from then on';
comment on column tenancy.token_keys.id is 'names the key where kid alone does not';
comment on column tenancy.token_keys.enabled is 'false: the key''s tokens are refused';
comment on column tenancy.token_keys.created_at is 'when it was inserted';
comment on column tenancy.token_keys.updated_at is 'when it was last changed; kept by the extension';

-- Locking: none of its own. Not in dumps: whoever has a dump should not be able to sign. Checked at commit, because the secret
-- is stored just before its key.
create table tenancy.token_secrets (
  key_id uuid primary key references tenancy.token_keys (id) on delete cascade deferrable initially deferred,
  secret text not null
);

comment on table tenancy.token_secrets is 'the shared secrets of keys for HS256, in base64url; not in dumps';
comment on column tenancy.token_secrets.key_id is 'the key';
comment on column tenancy.token_secrets.secret is 'in base64url';

create function tenancy.complete_token_key() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_token_key_wrapper';

comment on function tenancy.complete_token_key() is
  'trigger: fills kid and algorithm from the key, refuses private and unfit keys, moves a shared secret to token_secrets';

create function tenancy.authenticate(token text, for_session boolean default false) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'authenticate_wrapper';

comment on function tenancy.authenticate(text, boolean) is
  'act for whom a signed token names, until the end of the transaction or session, but not longer than the token is valid';

revoke all on function tenancy.complete_token_key(), tenancy.authenticate(text, boolean) from public;
-- The token is the proof.
grant execute on function tenancy.authenticate(text, boolean) to public;

create trigger row_completed before insert or update on tenancy.token_keys
  for each row execute function tenancy.complete_token_key();
alter table tenancy.token_keys enable always trigger row_completed;

do $$
declare
  name text;
begin
  foreach name in array array['token_keys', 'token_secrets'] loop
    execute format('create trigger never_truncated before truncate on tenancy.%I
      for each statement execute function tenancy.refuse_truncate()', name);
    execute format('alter table tenancy.%I enable always trigger never_truncated', name);
    execute format('create trigger "00_changes_announced" after insert or update or delete on tenancy.%I
      for each statement execute function tenancy.announce_change()', name);
    execute format('alter table tenancy.%I enable always trigger "00_changes_announced"', name);
    execute format('create trigger replicated_changes_announced after insert or update or delete on tenancy.%I
      for each row execute function tenancy.announce_change()', name);
    execute format('alter table tenancy.%I enable always trigger replicated_changes_announced', name);
  end loop;
end
$$;

-- No policy: superusers see the keys, and everybody else no row. The privilege is there so that a tenant's user can run
-- pg_dump; a role with BYPASSRLS sees public keys, and no secret.
alter table tenancy.token_keys enable row level security;
grant select on tenancy.token_keys to public;

-- No privilege either; but members of pg_read_all_data and pg_write_all_data have privileges on everything.
alter table tenancy.token_secrets enable row level security;

select pg_catalog.pg_extension_config_dump('tenancy.token_keys', '');
