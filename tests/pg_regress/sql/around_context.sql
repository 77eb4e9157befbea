-- Ways around, pretending to be somebody else: settings, roles, RESET, savepoints, what an earlier client left behind.
\i include/world.sql
\i include/rolled.sql

-- what there is to be seen for the attacker
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;

-- the setting that says who it is
set app.tenant = :acme;
select :titles from rolled.documents;
set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 worker';
select :titles from app.documents;

-- in passing, for one tenant after another in a single query
select t.name, d.titles
from (values ('acme', :acme), ('globex', :globex)) t (name, id),
  lateral (select set_config('app.tenant', t.id, true)) s,
  lateral (select :titles from rolled.documents where s is not null) d
order by 1;
select t.name, d.titles
from (values ('acme', :acme), ('globex', :globex)) t (name, id),
  lateral (select set_config('tenancy.context', 'tenant ' || t.id || ' worker', true)) s,
  lateral (select :titles from app.documents where s is not null) d
order by 1;
select t.name, d.titles
from (values ('acme', :acme), ('globex', :globex)) t (name, id),
  lateral (select tenancy.enter_tenant(t.id::uuid)) s,
  lateral (select :titles from app.documents where s is not null) d
order by 1;

-- in a function's own settings: PostgreSQL lets superusers do that only, but for settings that everybody may set
create function playground.as_acme_rolled() returns text language plpgsql set app.tenant = 'a0000000-0000-0000-0000-000000000000'
  as $$ begin return (select string_agg(title, ', ' order by id) from rolled.documents); end $$;
create function playground.as_acme() returns text language plpgsql set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 worker'
  as $$ begin return (select string_agg(title, ', ' order by id) from app.documents); end $$;
create function playground.as_acme() returns text language plpgsql set tenancy.token = 'a0000000-0000-0000-0000-000000000000'
  as $$ begin return (select string_agg(title, ', ' order by id) from app.documents); end $$;
select playground.as_acme();

-- in the role's settings, for all sessions to come: the same
alter role bob set app.tenant = 'a0000000-0000-0000-0000-000000000000';
\c - bob
alter role bob set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 worker';
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;

-- a role that the attacker was granted, and that has a tenant of its own: the login counts (more: around_identity)
\c - postgres
create role around_guest login in role alice;
update tenancy.users set db_role = 'around_guest' where id = md5('wes')::uuid;
\c - around_guest
set role alice;
select current_user, :titles from app.documents;
reset role;

-- a pool: one login for all clients, each says who it is; whoever forgets to, is whom the last one was
\c - app
set app.tenant = :acme;
call app.act_as('ann');
-- the next client
select :titles from rolled.documents;
select :titles from app.documents;
-- RESET and DISCARD: nobody, in both
discard all;
select :titles from rolled.documents;
select :titles from app.documents;

-- an injected text in a transaction that acts for Globex
begin;
set local app.tenant = :globex;
call app.act_as('gus');
select :titles from rolled.documents;
select :titles from app.documents;
set local app.tenant = :acme;
select :titles from rolled.documents;
savepoint injected;
call app.act_as('ann');
rollback to injected;
select tenancy.enter_tenant(:acme);
rollback to injected;
do $$ begin perform tenancy.leave(); perform tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000'); end $$;
rollback to injected;
select :titles from app.documents;
commit;

-- a savepoint brings back who it was before
begin;
set local app.tenant = :acme;
savepoint s;
set local app.tenant = :globex;
rollback to s;
select :titles from rolled.documents;
commit;
begin;
call app.act_as('ann', for_session => true);
commit;
begin;
savepoint s;
call app.act_as('gus');
select :titles from app.documents;
rollback to s;
call app.act_as('gus');
rollback;
select tenancy.leave();
-- a block with an exception handler is a savepoint, too: the setting made in it is gone, and the one before is back
set app.tenant = :acme;
begin;
do $$ begin set local app.tenant = 'b0000000-0000-0000-0000-000000000000'; perform 1 / 0; exception when others then null; end $$;
select :titles from rolled.documents;
do $$ begin call app.act_as('gus'); perform 1 / 0; exception when others then null; end $$;
select :titles from app.documents;
rollback;

-- with the connection, before the library is loaded
\setenv PGOPTIONS '-c app.tenant=a0000000-0000-0000-0000-000000000000 -c tenancy.context=tenant\\ a0000000-0000-0000-0000-000000000000\\ worker'
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;
