-- Promise 2, untouchable: public rows are written by a session of the service provider whose role says so, and by nobody else.
\i include/world.sql
\c - app

-- a tenant's user; a user of another tenant whose role would update public data; one who would administer
begin; call app.act_as('gus'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; call app.act_as('fay'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; call app.act_as('all'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; call app.act_as('pam'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; call app.act_as('all'); update app.articles set title = 'mine' where tenant_id is null returning id; rollback;
begin; call app.act_as('all'); update app.articles set tenant_id = null where id = 4; rollback;
begin; call app.act_as('gus'); update app.articles set tenant_id = null; rollback;
begin; call app.act_as('gus'); update app.articles set tenant_id = :globex where id = 1 returning id; rollback;
begin; call app.act_as('gus'); delete from app.articles where id = 1 returning id; rollback;
begin; call app.act_as('gus'); insert into app.articles values (1, null, 'public') on conflict (id) do update set title = 'x'; rollback;
begin; call app.act_as('gus'); insert into app.articles values (1, :globex, 'globex') on conflict (id) do update set title = 'x'; rollback;
begin; call app.act_as('gus'); merge into app.articles a using (values (1)) v (id) on a.id = v.id when matched then delete; rollback;
begin; call app.act_as('gus'); select title from app.articles where tenant_id is null for share; rollback;
begin; call app.act_as('ada'); select tenancy.can_write(null::uuid), tenancy.can_write_number(null::bigint); rollback;
begin; call app.act_as('gus'); select tenancy.can_write(null::uuid), tenancy.can_write_number(null::bigint); rollback;
insert into app.articles (id, tenant_id, title) values (10, null, 'public 10');

-- the service provider's publisher
begin;
call app.act_as('pia');
insert into app.articles (id, tenant_id, title) values (10, null, 'public 10') returning *;
update app.articles set title = title || '!' where tenant_id is null returning title;
insert into app.articles (id, title) values (11, 'provider 11') returning tenant_id = :provider;
-- a row of the own tenant becomes public, and is taken back
update app.articles set tenant_id = null where id = 11 returning title;
update app.articles set tenant_id = default where id = 11 returning tenant_id = :provider;
-- but not one of another tenant
update app.articles set tenant_id = null where id = 4 returning id;
delete from app.articles where id = 10 returning id;
savepoint here;
update app.articles set tenant_id = :globex where id = 1;
rollback to here;
-- a required table has no public rows
insert into app.documents (id, tenant_id, title) values (10, null, 'public 10');
rollback;

-- as a member of the provider, when that is the role named at entry
begin; call app.act_as('pia', 'publisher'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
\c - postgres
insert into tenancy.user_roles select md5('pia')::uuid, id from tenancy.roles where name = 'worker';
\c - app
begin; call app.act_as('pia', 'worker'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; call app.act_as('pia'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; select tenancy.enter_tenant(:provider, 'publisher'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;
begin; select tenancy.enter_tenant(:globex, 'publisher'); insert into app.articles (id, tenant_id, title) values (10, null, 'public 10'); rollback;

-- nobody in particular does not even see public rows
select * from app.articles;
