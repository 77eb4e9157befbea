-- Promise 2, untouchable: MERGE.
\i include/world.sql
set role owner;
create table app.incoming (id integer, tenant_id uuid, title text);
insert into app.incoming values (1, :acme, 'new acme 1'), (5, :globex, 'new globex 5'), (10, :globex, 'new globex 10');
grant select on app.incoming to public;
\c - app

-- nobody in particular
merge into app.documents d using app.incoming i on d.id = i.id when matched then delete;
select count(*) from app.documents;

begin;
call app.act_as('gus');
savepoint here;
merge into app.documents d using (select * from app.incoming where tenant_id = :globex) i on d.id = i.id
  when matched then update set title = i.title
  when not matched then insert (id, title) values (i.id, i.title);
select id, title from app.documents order by id;
rollback to here;
-- a row that is not to be seen does not match
merge into app.documents d using app.incoming i on d.id = i.id
  when matched then update set title = i.title
  when not matched then do nothing;
select id, title from app.documents order by id;
rollback to here;
-- and is in the way of a new one
merge into app.documents d using app.incoming i on d.id = i.id
  when matched then update set title = i.title
  when not matched then insert values (i.id, :globex, i.title);
rollback to here;
merge into app.documents d using app.incoming i on d.id = i.id
  when matched then do nothing
  when not matched then insert values (i.id + 100, i.tenant_id, i.title);
rollback to here;
merge into app.documents d using app.incoming i on d.id = i.id when matched then update set tenant_id = :acme;
rollback to here;
merge into app.documents d using app.incoming i on true when matched and d.title like 'acme%' then delete;
select count(*) from app.documents;
rollback to here;
merge into app.documents d using (values (1), (5)) v (id) on d.id = v.id when matched then delete;
select id, title from app.documents order by id;
rollback;

-- readable, but not to be written
begin;
call app.act_as('aud');
savepoint here;
merge into app.documents d using app.incoming i on d.id = i.id when matched then update set title = i.title;
rollback to here;
merge into app.documents d using app.incoming i on d.id = i.id when matched then delete;
rollback to here;
merge into app.documents d using app.incoming i on d.id = i.id when matched and d.id < 0 then delete when matched then do nothing;
select id, title from app.documents order by id;
rollback;

\c - postgres
select id, title from app.documents order by id;
