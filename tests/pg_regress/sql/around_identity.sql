-- Ways around, who one claims to be: roles, claims in a setting, what a refused entry tells, rights that were taken away. First
-- against row security made by hand, then against pg_tenancy. (More of each: promise_invisible_tricks, tokens_claims,
-- promise_fail_closed_context, promise_fail_closed_changes.)
\i include/world.sql
\i include/rolled.sql
\i include/tokens.sql
\o /dev/null
-- who may act for whom, by hand: alice for Acme, bob for Globex, and app for both
set role owner;
create table rolled.tenants (id uuid primary key, name text);
create table rolled.logins (login name, tenant_id uuid);
insert into rolled.tenants values (:acme, 'Acme'), (:globex, 'Globex');
insert into rolled.logins values ('alice', :acme), ('bob', :globex), ('app', :acme), ('app', :globex);
create table rolled.by_role (like rolled.documents);
create table rolled.by_user (like rolled.documents);
create table rolled.by_claim (like rolled.documents);
create table rolled.by_right (like rolled.documents);
reset role;
insert into rolled.by_role select * from app.documents;
insert into rolled.by_user select * from app.documents;
insert into rolled.by_claim select * from app.documents;
insert into rolled.by_right select * from app.documents;
set role owner;
alter table rolled.by_role enable row level security, force row level security;
alter table rolled.by_user enable row level security, force row level security;
alter table rolled.by_claim enable row level security, force row level security;
alter table rolled.by_right enable row level security, force row level security;
create policy acme on rolled.by_role to alice using (tenant_id = 'a0000000-0000-0000-0000-000000000000');
create policy globex on rolled.by_role to bob using (tenant_id = 'b0000000-0000-0000-0000-000000000000');
create policy tenant on rolled.by_user using (tenant_id in (select l.tenant_id from rolled.logins l where l.login = current_user));
create policy tenant on rolled.by_claim
  using (tenant_id = (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'tenant')::uuid);
create policy tenant on rolled.by_right
  using (tenant_id = rolled.tenant() and tenant_id in (select l.tenant_id from rolled.logins l where l.login = session_user));
create function rolled.enter(tenant uuid) returns void language plpgsql security definer as $$
begin
  if not exists (select from rolled.tenants where id = tenant) then
    raise 'there is no tenant %', tenant;
  end if;
  if not exists (select from rolled.logins where login = session_user and tenant_id = tenant) then
    raise 'tenant % is not one of yours', tenant;
  end if;
  perform set_config('app.tenant', tenant::text, true);
end $$;
grant select on all tables in schema rolled to public;
reset role;
create role around_pool login in role alice, bob;
grant execute on function tenancy.enter to around_pool;
\o

-- a pool that takes on each client's role: an injected text takes another one's, or goes back to the pool's, which is a member
-- of all
\c - around_pool
set role bob;
select :titles from rolled.by_role;
select :titles from rolled.by_user;
set role alice;
select :titles from rolled.by_role;
select :titles from rolled.by_user;
reset role;
select :titles from rolled.by_role;
set role bob;
select :titles from app.documents;
reset role;
begin;
call app.act_as('gus');
set local role bob;
select :titles from app.documents;
set local role alice;
select :titles from app.documents;
reset role;
select :titles from app.documents;
commit;
-- the login itself is changed by superusers only, in both
\set VERBOSITY sqlstate
set session authorization alice;
\set VERBOSITY verbose

-- what a middleware has read out of a token, in a setting: whoever sends SQL has read something else
\c - app
set request.jwt.claims = '{"tenant": "a0000000-0000-0000-0000-000000000000"}';
select :titles from rolled.by_claim;
-- the token itself: unsigned, signed with another key, with other claims under the signature of one's own, and what it should be
select app.try(app.token(jsonb_build_object('sub', md5('ann')::uuid), '{"alg": "none"}'));
select app.try(app.token(jsonb_build_object('sub', md5('ann')::uuid), '{}', 'a secret that the attacker thought'));
select app.try(split_part(app.token_of('ann'), '.', 1) || '.' || split_part(app.token_of('ann'), '.', 2) || '.'
  || split_part(app.token_of('gus'), '.', 3));
select app.try('{"tenant": "a0000000-0000-0000-0000-000000000000"}');
select app.try(app.token_of('gus'));

-- a refused entry: by hand, what is friendly tells who there is
\c - bob
select rolled.enter(:acme);
select rolled.enter(:nowhere);
-- a user of somebody else's key's, one whose login is disabled, and none; a tenant that is not active, and none
\c - postgres
insert into tenancy.token_keys (kid, algorithm, jwk, tenant_id) values ('globex', 'HS256', app.jwk('the secret of the users of Globex'), :globex);
update tenancy.users set login_enabled = false where id = md5('eve')::uuid;
update tenancy.tenants set status = 'inactive' where id = :west;
\c - app
select app.try(app.token(jsonb_build_object('sub', md5('ann')::uuid), '{"kid": "globex"}', 'the secret of the users of Globex'));
select app.try(app.token(jsonb_build_object('sub', md5('nobody')::uuid), '{"kid": "globex"}', 'the secret of the users of Globex'));
call app.act_as('eve');
call app.act_as('nobody');
select tenancy.enter_tenant(:west);
select tenancy.enter_tenant(:nowhere);

-- rights that are taken away amid a transaction: a setting keeps them
begin;
select rolled.enter(:globex);
call app.act_as('gus');
select :titles from rolled.documents;
select :titles from rolled.by_right;
select :titles from app.documents;
\! "$PSQL" -X -q -U postgres -c "delete from rolled.logins where login = 'app'" -c "update tenancy.users set login_enabled = false"
select :titles from rolled.documents;
-- (a policy that asks for them each time does not)
select :titles from rolled.by_right;
select :titles from app.documents;
commit;
