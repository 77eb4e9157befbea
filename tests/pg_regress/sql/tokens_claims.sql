-- Signed tokens: whom they name, and what of them is looked at.
\i include/world.sql
\i include/tokens.sql
update tenancy.token_keys set names_tenants = true where kid = 'first';
insert into tenancy.token_keys (kid, algorithm, jwk, issuer, audience) values
  ('second', 'HS256', app.jwk('another secret of 32 bytes .....'), 'https://id.example.org', 'db');
\c - app

-- a user, by subject or by a claim of our own; with all roles, or with one
begin; select tenancy.authenticate(app.token_of('ann')); select app.seen(), tenancy.current_user_id() = md5('ann')::uuid as ann; commit;
select app.seen();
begin; select tenancy.authenticate(app.token(jsonb_build_object('sub', 'auth0|mia', 'tenancy.user', md5('mia')::uuid))); select app.seen(); commit;
begin; select tenancy.authenticate(app.token_of('mia', '{"tenancy.role": "manager"}')); select app.seen(); commit;
-- by the setting alone
begin;
select app.token_of('gus') as token \gset
set local tenancy.token = :'token';
select app.seen();
insert into app.documents (id, title) values (8, 'globex 8') returning tenant_id = :globex as of_globex;
rollback;
select app.seen();
-- a tenant with a role, member if none is named
select app.try(app.token(jsonb_build_object('tenancy.tenant', :acme::uuid)));
select app.try(app.token(jsonb_build_object('tenancy.tenant', :acme::uuid, 'tenancy.role', 'manager')));

-- who cannot be entered: the same words as enter() has
select app.try(app.token_of('nobody'));
select app.try(app.token_of('ann', '{"tenancy.role": "boss"}'));
select app.try(app.token(jsonb_build_object('tenancy.tenant', :nowhere::uuid)));
select app.try(app.token(jsonb_build_object('tenancy.tenant', :acme::uuid, 'tenancy.role', 'no such role')));
select app.try(app.token('{}'));
select app.try(app.token('{"sub": "ann"}'));

-- signature, algorithm, key
select app.try(app.token('{}', secret => 'not the secret of 32 bytes .....'));
select app.try(left(app.token_of('ann'), -1));
select app.try(app.token_of('ann') || 'A');
select app.try(app.token_of('ann', '{}') || '.');
select app.try(app.token('{}', '{"kid": "third"}')), app.try(app.token('{}', '{"kid": null}'));
select alg, app.try(app.token(jsonb_build_object('sub', md5('ann')::uuid), jsonb_build_object('alg', alg)))
from unnest(array['none', 'None', 'hs256', 'HS384', 'RS256', 'ES256', 'EdDSA', 'PS256', '']) alg;
select app.try(regexp_replace(app.token_of('ann'), '[^.]*$', ''));
select app.try(app.token_of('ann', jsonb_build_object('padding', repeat('x', 8000))));
select app.try('ann'), app.try('a.b.c'), app.try('..'), app.try(' ');
select app.try(app.token('{}', '{"crit": ["exp"]}')), app.try(app.token('{}', '{"typ": "secevent+jwt"}'));

-- times: half a minute is allowed for clocks that differ
select app.try(app.token_of('ann', jsonb_build_object('exp', app.at('-31 s'))));
select app.try(app.token_of('ann', jsonb_build_object('exp', app.at('-10 s'))));
select app.try(app.token_of('ann', jsonb_build_object('nbf', app.at('1 minute'))));
select app.try(app.token_of('ann', jsonb_build_object('nbf', app.at('10 s'))));
select app.try(app.token_of('ann', '{"exp": null}'));
select app.try(app.token_of('ann', '{"exp": "2999-01-01"}'));
select app.try(app.token_of('ann', '{"exp": 1e100}'));

-- issuer and audience
create temp table heads as select '{"kid": "second"}'::jsonb as head, 'another secret of 32 bytes .....' as secret,
  jsonb_build_object('sub', md5('ann')::uuid, 'iss', 'https://id.example.org', 'aud', 'db') as good;
select app.try(app.token(good, head, secret)),
  app.try(app.token(good || '{"aud": ["web", "db"]}', head, secret)) from heads;
select app.try(app.token(good || changed, head, secret)) from heads, unnest(array['{"iss": "https://id.example.org/"}', '{"iss": null}',
  '{"aud": "web"}', '{"aud": null}', '{"aud": []}', '{"aud": ["DB"]}']::jsonb[]) changed;
select app.try(app.token_of('ann', '{"iss": "anybody"}'));
select app.try(app.token_of('ann', '{"aud": "db"}'));
-- signed by one key, and said to be by the other
select app.try(app.token(good, '{"kid": "first"}', secret)), app.try(app.token(good, head)) from heads;

-- each refusal in full
select tenancy.authenticate('ann');
select tenancy.authenticate(app.token_of('ann') || 'A');
select tenancy.authenticate(app.token('{}', '{"kid": "third"}'));
select tenancy.authenticate(app.token_of('ann', '{"aud": "db"}'));
select tenancy.authenticate(app.token_of('ann', jsonb_build_object('exp', app.at('-31 s'))));
select tenancy.authenticate(app.token_of('ann', jsonb_build_object('nbf', app.at('1 minute'))));
select tenancy.authenticate(app.token('{}'));
select tenancy.authenticate(app.token_of('nobody'));
select tenancy.authenticate(null);
