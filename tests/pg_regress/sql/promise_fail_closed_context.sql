-- Promise 4, fail closed: who is nobody in particular, and how one becomes and stays somebody.
\i include/world.sql
set role owner;
create function app.seen() returns text language sql stable as
  $$ select coalesce((select string_agg(title, ', ' order by id) from app.documents), 'nothing') $$;
reset role;
\c - app

-- nobody
select app.seen(), (select count(*) from app.articles), tenancy.current_tenant(), tenancy.current_user_id(), tenancy.readable_tenants(),
  tenancy.writable_tenants(), tenancy.administers();

-- who cannot be entered: one and the same error
select tenancy.enter(gen_random_uuid());
select tenancy.enter(null);
select tenancy.enter(md5('ann')::uuid, 'boss');
select tenancy.enter(md5('ann')::uuid, 'no such role');
select tenancy.enter(md5('ann')::uuid, '');
select tenancy.enter_tenant(:nowhere);
select tenancy.enter_tenant(:acme, 'no such role');
select tenancy.enter_tenant(null);
select tenancy.enter_tenant('00000000-0000-0000-0000-000000000000');
select tenancy.enter_tenant(id) from tenancy.tenants where kind = 'none';
\c - postgres
update tenancy.tenants set status = 'inactive' where id = :west;
update tenancy.users set login_enabled = false where id = md5('eve')::uuid;
delete from tenancy.user_roles where user_id = md5('pol')::uuid;
insert into tenancy.contacts (id, tenant_id, name, email) values (md5('con')::uuid, :acme, 'con', 'con@example.org');
select tenancy.enter_tenant(id) from tenancy.tenants where kind = 'none';
\c - app
call app.act_as('wes');
call app.act_as('eve');
call app.act_as('pol');
call app.act_as('con');
select tenancy.enter_tenant(:west, 'worker');
\c - postgres
update tenancy.tenants set status = 'active' where id = :west;
update tenancy.users set login_enabled = true where id = md5('eve')::uuid;
\c - app
begin; call app.act_as('wes'); select app.seen(); commit;
begin; call app.act_as('eve'); select app.seen(); commit;

-- the context ends with the transaction, however it ends
begin; call app.act_as('ann'); select app.seen(); commit;
select app.seen();
begin; call app.act_as('ann'); rollback;
select app.seen();
begin; call app.act_as('ann'); select 1/0; commit;
select app.seen();
call app.act_as('ann');
select app.seen();
select tenancy.enter(md5('ann')::uuid), app.seen();
select app.seen();
begin; call app.act_as('ann'); commit and chain; select app.seen(); rollback and chain; select app.seen(); commit;

-- leave()
begin; call app.act_as('ann'); select tenancy.leave(); select app.seen(); commit;
begin; select tenancy.leave(); call app.act_as('ann'); select app.seen(); commit;
begin; call app.act_as('ann'); select tenancy.leave(); call app.act_as('ann'); select app.seen(); commit;
select tenancy.leave();

-- one transaction acts for one identity
begin; call app.act_as('ann'); call app.act_as('gus'); rollback;
begin; call app.act_as('ann'); call app.act_as('ann'); select app.seen(); rollback;
begin; call app.act_as('ann'); call app.act_as('ann', 'worker'); rollback;
begin; call app.act_as('ann'); select tenancy.enter_tenant(:acme, 'worker'); rollback;
begin; call app.act_as('ann'); select tenancy.leave(); call app.act_as('gus'); rollback;
begin; select tenancy.enter_tenant(:acme, 'worker'); select tenancy.enter_tenant(:acme, 'manager'); rollback;
-- also where the first one was rolled back
begin;
savepoint s;
call app.act_as('ann');
select app.seen();
rollback to s;
select app.seen();
call app.act_as('gus');
rollback;
begin;
savepoint s;
call app.act_as('ann');
rollback to s;
call app.act_as('ann');
select app.seen();
commit;

-- savepoints: never wider, never older
begin;
savepoint a;
call app.act_as('ann');
savepoint b;
select app.seen();
rollback to b;
select app.seen();
release b;
rollback to a;
select app.seen();
commit;
begin;
call app.act_as('ann');
savepoint a;
select tenancy.leave();
rollback;
begin;
savepoint a;
call app.act_as('ann');
select tenancy.leave();
select app.seen();
rollback to a;
select app.seen();
commit;
begin;
savepoint a;
call app.act_as('ann');
release a;
savepoint b;
select tenancy.leave();
rollback to b;
release b;
select tenancy.leave();
select app.seen();
commit;
-- PL/pgSQL's blocks are savepoints, too
begin;
do $$ begin call app.act_as('ann'); raise exception 'never mind'; exception when others then null; end $$;
select app.seen();
do $$ begin call app.act_as('gus'); exception when others then raise notice '%', sqlerrm; end $$;
select app.seen();
rollback;

-- for the session
begin; call app.act_as('ann', for_session => true); select app.seen(); commit;
select app.seen();
begin; select app.seen(); call app.act_as('gus'); rollback;
begin; call app.act_as('gus'); select app.seen(); commit;
select app.seen();
begin; call app.act_as('gus', for_session => true); rollback;
select app.seen();
begin; call app.act_as('gus', for_session => true); commit;
select app.seen();
begin; select tenancy.leave(); select app.seen(); rollback;
select app.seen();
begin; select tenancy.leave(); select app.seen(); commit;
select app.seen();
begin; savepoint a; call app.act_as('gus', for_session => true); rollback to a; commit;
select app.seen();

-- not from inside a parallel plan, where it would hold for some rows
\c - owner
create table app.numbers as select n from generate_series(1, 50000) n;
create function app.enter_in_passing(integer) returns boolean language plpgsql parallel safe
  as $$ begin perform tenancy.enter(md5('ann')::uuid); return true; end $$;
create function app.leave_in_passing(integer) returns boolean language plpgsql parallel safe
  as $$ begin perform tenancy.leave(); return true; end $$;
grant select on app.numbers to public;
\c - app
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set min_parallel_table_scan_size = 0;
select count(*) from app.numbers where app.enter_in_passing(n);
select count(*) from app.numbers where app.leave_in_passing(n);
select app.seen();

-- logins that stand for users
\c - alice
select app.seen(), tenancy.current_user_id() = md5('ann')::uuid as ann;
begin; select tenancy.leave(); select app.seen(); commit;
select app.seen();
select tenancy.enter(md5('gus')::uuid);
\c - postgres
grant execute on function tenancy.enter(uuid, text, boolean) to alice;
\c - alice
begin; select tenancy.enter(md5('gus')::uuid); select app.seen(); commit;
begin; select app.seen(); select tenancy.enter(md5('gus')::uuid); rollback;
\c - carol
select count(*), tenancy.administers() from app.documents;
\c - postgres
update tenancy.users set login_enabled = false where db_role is not null;
\c - alice
select app.seen(), tenancy.current_tenant();
\c - postgres
update tenancy.users set login_enabled = true, db_role = null where db_role = 'alice';
\c - alice
select app.seen(), tenancy.current_tenant();

-- garbage in the setting, which only a superuser can put there
\c - postgres
select tenancy.can_read(:acme);
set tenancy.context = 'garbage';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set tenancy.context = 'user';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set tenancy.context = 'user b0000000-0000-0000-0000-000000000000';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 worker or more';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set tenancy.context = ' tenant a0000000-0000-0000-0000-000000000000 worker';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set tenancy.context = 'tenant a0000000-0000-0000-0000-000000000000 worker';
select tenancy.current_tenant(), tenancy.can_read(:acme);
set role app;
select app.seen();
reset role;
reset tenancy.context;
alter role bob in database :"DBNAME" set tenancy.context = 'garbage';
\c - bob
select app.seen();
\c - postgres
alter role bob in database :"DBNAME" reset tenancy.context;
select tenancy.enter(md5('ann')::uuid);
