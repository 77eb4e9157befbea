-- Promise 2, untouchable: every way of writing, aimed at rows of other tenants.
\i include/world.sql
set role owner;
alter table app.documents add constraint documents_title_key unique (title);
\c - app

-- nobody in particular writes nothing
insert into app.documents (id, title) values (10, 'nobody 10');
insert into app.documents (id, tenant_id, title) values (10, :acme, 'nobody 10');
insert into app.documents (id, tenant_id, title) values (10, null, 'nobody 10');
insert into app.articles (id, tenant_id, title) values (10, null, 'nobody 10');
update app.documents set title = 'nobody';
delete from app.documents;
truncate app.documents;

-- INSERT
begin;
call app.act_as('gus');
insert into app.documents (id, title) values (10, 'globex 10') returning *;
insert into app.documents values (11, :globex, 'globex 11') returning *;
insert into app.documents values (12, default, 'globex 12'), (13, :globex, 'globex 13') returning *;
savepoint here;
insert into app.documents values (14, :globex, 'globex 14'), (15, :acme, 'acme 15');
rollback to here;
insert into app.documents select id + 100, tenant_id, title || '!' from app.documents returning id, title;
rollback to here;
insert into app.documents select 16, t.id, 'from tenants' from (values (:acme::uuid)) t (id);
rollback to here;
insert into app.documents overriding system value values (16, :east, 'east 16');
rollback to here;
insert into app.documents values (16, :nowhere, 'nowhere 16');
rollback to here;
insert into app.documents values (16, null, 'nobody 16');
rollback to here;
insert into app.documents default values;
rollback;

-- UPDATE
begin;
call app.act_as('gus');
update app.documents set title = title || '!' returning id;
update app.documents set title = 'mine' where id = 1 returning id;
update app.documents set title = 'mine' where tenant_id = :acme returning id;
update app.documents d set title = 'mine' from app.articles a where a.id < 100 and d.id = 1 returning d.id;
savepoint here;
update app.documents set tenant_id = :acme where id = 5;
rollback to here;
update app.documents set tenant_id = null where id = 5;
rollback to here;
update app.documents set tenant_id = :nowhere where id = 5;
rollback to here;
update app.documents set (tenant_id, title) = (select :acme::uuid, 'given away') where id = 5;
rollback to here;
update app.documents set tenant_id = default where id = 5 returning tenant_id;
with u as (update app.documents set tenant_id = tenant_id returning id) select count(*) from u;
rollback;

-- DELETE
begin;
call app.act_as('gus');
delete from app.documents where id = 1 returning id;
delete from app.documents using app.articles a where a.tenant_id <> :globex returning documents.id;
delete from app.documents d using (values (1), (3), (5)) v (id) where v.id = d.id returning d.id;
delete from app.documents returning id;
rollback;

-- ON CONFLICT: a row that is there but not to be seen is neither changed nor shown
begin;
call app.act_as('gus');
savepoint here;
insert into app.documents values (1, :globex, 'globex on acme 1');
rollback to here;
insert into app.documents values (1, :globex, 'globex on acme 1') on conflict do nothing returning *;
insert into app.documents values (1, :globex, 'globex on acme 1') on conflict (id) do nothing returning *;
insert into app.documents values (20, :globex, 'acme 1') on conflict (title) do nothing returning *;
savepoint here;
insert into app.documents values (1, :globex, 'globex on acme 1') on conflict (id) do update set title = excluded.title returning *;
rollback to here;
insert into app.documents values (1, :globex, 'globex on acme 1') on conflict (id) do update set tenant_id = excluded.tenant_id;
rollback to here;
insert into app.documents values (1, :globex, 'globex on acme 1') on conflict (id) do update set title = 'x' where documents.title = 'no';
rollback to here;
insert into app.documents values (5, :globex, 'globex 5') on conflict (id) do update set title = 'again' returning *;
insert into app.documents values (5, :globex, 'globex 5') on conflict (id) do update set title = 'never' where documents.title = 'no';
insert into app.documents values (5, :globex, 'globex 5') on conflict (id) do update set tenant_id = :acme;
rollback to here;
insert into app.documents values (5, :acme, 'acme 5') on conflict (id) do nothing;
rollback to here;
insert into app.documents values (5, :acme, 'acme 5') on conflict (id) do update set title = 'again';
rollback;

-- writable CTEs
begin;
call app.act_as('gus');
savepoint here;
with d as (delete from app.documents returning *), i as (insert into app.articles select id + 100, tenant_id, title from d returning title)
select title from i order by 1;
rollback to here;
with u as (update app.documents set tenant_id = :acme returning *) select * from u;
rollback to here;
with i as (insert into app.documents values (30, :acme, 'acme 30') returning *) select count(*) from i;
rollback to here;
with i as (insert into app.documents values (30, :acme, 'acme 30')) select 1;
rollback;

-- TRUNCATE is for who may write every row
begin; call app.act_as('gus'); truncate app.documents; rollback;
begin; call app.act_as('pia'); truncate app.documents; rollback;
begin; call app.act_as('all'); truncate app.documents; rollback;
begin; call app.act_as('ada'); truncate app.documents, app.articles; select count(*) from app.documents; rollback;
\c - owner
truncate app.documents;
\c - app

-- errors of others' values: constraints do not tell what is in the way
begin;
call app.act_as('gus');
savepoint here;
update app.documents set title = 'acme 1' where id = 5;
rollback to here;
insert into app.documents values (7, :globex, 'on provider 7');
rollback;

-- what has been refused has not happened
\c - postgres
select id, tenant_id = (select tenant_id from (values (1, :acme::uuid), (2, :acme), (3, :east), (4, :west), (5, :globex), (6, :globex),
    (7, :provider)) v (id, tenant_id) where v.id = d.id) as unmoved, title from app.documents d order by id;
