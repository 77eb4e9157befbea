-- The keys that tokens are signed with.
\i include/world.sql
\i include/tokens.sql

-- a key says its id and algorithm itself; what is kept of a shared secret can be read by superusers only
insert into tenancy.token_keys (jwk) values (app.jwk() || '{"kid": "itself", "alg": "HS256", "use": "sig"}') returning kid, algorithm, jwk;
select count(*) from tenancy.token_secrets;
set role app;
select count(*) from tenancy.token_keys;
select count(*) from tenancy.token_secrets;
insert into tenancy.token_keys (kid, algorithm, jwk) values ('mine', 'HS256', app.jwk());
update tenancy.token_keys set enabled = false;
delete from tenancy.token_keys;
reset role;
select tenancy.enter(md5('ada')::uuid);
set role app;
begin; call app.act_as('ada'); select tenancy.administers(), count(*) from tenancy.token_keys;
insert into tenancy.token_keys (kid, algorithm, jwk) values ('mine', 'HS256', app.jwk());
rollback;
reset role;
truncate tenancy.token_keys, tenancy.token_secrets;
create role tokens_backup bypassrls;
set role tokens_backup;
select kid, jwk from tenancy.token_keys order by kid;
select * from tenancy.token_secrets;
reset role;
drop role tokens_backup;

-- keys that cannot be used
insert into tenancy.token_keys (kid, jwk) values ('bad', '{"kty": "oct"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'none', app.jwk());
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'RS256', app.jwk());
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'HS256', '{"kty": "RSA", "n": "AQAB", "e": "AQAB"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'RS256', '{"kty": "RSA", "n": "AQAB", "e": "AQAB"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'EdDSA', '{"kty": "OKP", "crv": "Ed25519", "x": "AQAB", "d": "AQAB"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'EdDSA', '{"kty": "OKP", "crv": "Ed25519", "x": "AQAB"}');
-- of the right shape, but nobody can have signed with these
insert into tenancy.token_keys (kid, algorithm, jwk)
  select 'bad', 'ES256', jsonb_build_object('kty', 'EC', 'crv', 'P-256', 'x', repeat('A', 43), 'y', repeat('A', 43));
insert into tenancy.token_keys (kid, algorithm, jwk)
  select 'bad', 'RS256', jsonb_build_object('kty', 'RSA', 'n', repeat('AQAB', 200), 'e', 'AQAB');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'HS256', app.jwk() || '{"alg": "HS512"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'HS256', app.jwk() || '{"kid": "good"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'HS256', app.jwk() || '{"use": "enc"}');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'HS256', app.jwk('too short'));
insert into tenancy.token_keys (kid, algorithm, jwk) values ('bad', 'HS256', '"text"');
insert into tenancy.token_keys (id, algorithm, jwk, created_at, updated_at) values (:nowhere, 'HS256', app.jwk(), 'infinity', 'infinity');
insert into tenancy.token_keys (kid, algorithm, jwk) values ('first', 'HS256', app.jwk());
insert into tenancy.token_keys (id, kid, algorithm, jwk, tenant_id, names_tenants, created_at, updated_at)
  values (:nowhere, 'bad', 'HS256', app.jwk(), :acme, true, 'infinity', 'infinity');

-- rotation: two at once, and what changes counts from the next statement on
\c - app
select app.token_of('ann') as old, app.token(jsonb_build_object('sub', md5('ann')::uuid), '{"kid": "next"}', 'the next secret of 32 bytes ....') as new \gset
begin;
set local tenancy.token = :'old';
select app.seen();
\c - postgres
insert into tenancy.token_keys (kid, algorithm, jwk) values ('next', 'HS256', app.jwk('the next secret of 32 bytes ....'));
select app.try(:'old') as old, app.try(:'new') as new;
update tenancy.token_keys set enabled = false where kid = 'first';
select app.try(:'old') as old, app.try(:'new') as new;
update tenancy.token_keys set enabled = true, expires_at = now() where kid = 'first';
select app.try(:'old') as old;
update tenancy.token_keys set expires_at = null, not_before = now() + interval '1 minute' where kid = 'first';
select app.try(:'old') as old;
update tenancy.token_keys set not_before = null, jwk = app.jwk('the next secret of 32 bytes ....') where kid = 'first';
select app.try(:'old') as old;
update tenancy.token_keys set jwk = app.jwk() where kid = 'first' returning created_at < updated_at as updated;
select app.try(:'old') as old;
begin;
select app.try(:'old') as old;
delete from tenancy.token_keys where kid = 'first';
select app.try(:'old') as old;
rollback;
select app.try(:'old') as old;
-- one without its secret, as it comes out of a dump
delete from tenancy.token_secrets;
select app.try(:'old') as old;
update tenancy.token_keys set jwk = app.jwk() where kid = 'first';
select app.try(:'old') as old;
-- one that becomes a public key keeps no secret
update tenancy.token_keys set algorithm = 'EdDSA', jwk = jsonb_build_object('kty', 'OKP', 'crv', 'Ed25519', 'x', repeat('A', 43)) where kid = 'next';
select count(*) from tenancy.token_secrets s join tenancy.token_keys k on k.id = s.key_id where k.kid = 'next';
delete from tenancy.token_keys where kid = 'next';

-- an issuer may have ids of keys that others have, too
insert into tenancy.token_keys (kid, algorithm, jwk, issuer) values ('first', 'HS256', app.jwk('that one has another secret ....'), 'that one');
select app.try(:'old') as old,
  app.try(app.token(jsonb_build_object('sub', md5('ann')::uuid, 'iss', 'that one'))) as not_his,
  app.try(app.token(jsonb_build_object('sub', md5('ann')::uuid, 'iss', 'that one'), secret => 'that one has another secret ....')) as his;

-- a tenant's own issuer speaks for its users only: a user of others and one that does not exist are the same
update tenancy.token_keys set tenant_id = :acme where kid = 'first' and issuer is null;
select app.try(app.token_of('ann')) as own;
select app.try(app.token_of('eve')) as of_a_subtenant, app.try(app.token_of('gus')) as of_another, app.try(app.token_of('nobody')) as missing;
select app.try(app.token(jsonb_build_object('tenancy.tenant', :acme::uuid))) as own_tenant,
  app.try(app.token(jsonb_build_object('tenancy.tenant', :nowhere::uuid))) as missing;
select tenancy.authenticate(app.token(jsonb_build_object('tenancy.tenant', :acme::uuid)));
update tenancy.contacts set tenant_id = :globex where id = md5('ann')::uuid;
select app.try(app.token_of('ann')) as moved;
update tenancy.contacts set tenant_id = :acme where id = md5('ann')::uuid;
select app.try(app.token_of('ann')) as own;
-- the key goes with its tenant
update tenancy.token_keys set tenant_id = :globex where kid = 'first' and issuer is null;
delete from app.documents where tenant_id = :globex;
delete from app.articles where tenant_id = :globex;
delete from tenancy.tenants where id = :globex;
select kid, issuer from tenancy.token_keys order by kid;
