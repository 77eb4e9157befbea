-- Promise 1, invisible: through views, materialized views, rules and functions.
\i include/world.sql

set role owner;
create view app.plain as select id, tenant_id, title from app.documents;
create view app.invoked with (security_invoker) as select id, tenant_id, title from app.documents;
create view app.barrier with (security_barrier) as select id, tenant_id, title from app.documents;
create view app.checked as select id, tenant_id, title from app.documents where id < 100 with cascaded check option;
create view app.counted as select tenant_id, count(*) from app.documents group by tenant_id;
create view app.on_view as select p.title, a.title as article from app.plain p left join app.articles a using (tenant_id);
grant select, insert, update, delete on app.plain, app.invoked, app.barrier, app.checked, app.counted, app.on_view to public;
create function app.as_definer() returns setof app.documents language sql security definer set search_path = pg_catalog, pg_temp
  return (select d from app.documents d where d.id = 5);
create function app.all_as_definer() returns setof text language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$ begin return query select d.title from app.documents d order by d.id; end $$;
create function app.all_as_invoker() returns setof text language sql stable
  begin atomic select d.title from app.documents d order by d.id; end;
create procedure app.sweep() language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$ begin delete from app.documents where id > 1; end $$;
-- an owner who populates a materialized view sees what the session sees: nothing
create materialized view app.stored as select title from app.documents;
grant select on app.stored to public;

\c - app
-- the rights are the session's, whoever owns the view
select * from app.plain;
select * from app.invoked;
select * from app.counted;
begin;
call app.act_as('gus');
select id, title from app.plain order by id;
select id, title from app.invoked order by id;
select id, title from app.barrier order by id;
select id, title from app.checked order by id;
select count from app.counted;
select * from app.on_view order by 1, 2;
select * from app.stored;
select app.all_as_definer();
select app.all_as_invoker();
select (app.as_definer()).title;
commit;
begin;
call app.act_as('ann');
select (app.as_definer()).title;
select app.all_as_definer();
commit;

-- what is written through them
begin;
call app.act_as('gus');
update app.plain set title = 'through plain' returning id, title;
update app.invoked set title = 'through invoked' where id = 1 returning id;
delete from app.barrier where tenant_id <> :globex returning id;
savepoint here;
insert into app.plain (id, tenant_id, title) values (20, :acme, 'for Acme');
rollback to here;
insert into app.invoked (id, tenant_id, title) values (20, :acme, 'for Acme');
rollback to here;
insert into app.checked (id, tenant_id, title) values (20, :acme, 'for Acme');
rollback to here;
update app.plain set tenant_id = :acme where id = 5;
rollback to here;
insert into app.plain (id, tenant_id, title) values (20, default, 'through a view');
call app.sweep();
select title from app.documents;
rollback;

-- a rule on a table runs its statements under the policies too
\c - owner
create table app.inbox (title text);
create rule redirect as on insert to app.inbox do instead
  insert into app.documents (id, tenant_id, title) values (50, 'a0000000-0000-0000-0000-000000000000', new.title) returning title;
grant select, insert on app.inbox to public;
\c - app
begin;
call app.act_as('gus');
insert into app.inbox values ('into Acme');
rollback;
begin;
call app.act_as('ann');
insert into app.inbox values ('into Acme') returning title;
rollback;

-- nobody is any wiser for being asked by a view that was made when somebody else acted
\c - alice
create temp view mine as select title from app.documents;
select * from mine order by 1;
create temp table copied as select title from app.documents;
select * from copied order by 1;
begin;
select tenancy.leave();
select * from mine;
commit;

-- what a superuser publishes is published: such a view shows what superusers see
\c - postgres
create view app.published as select title from app.documents;
grant select on app.published to public;
create view app.published_invoked with (security_invoker) as select title from app.documents;
grant select on app.published_invoked to public;
\c - bob
select * from app.published order by 1;
select * from app.published_invoked order by 1;
