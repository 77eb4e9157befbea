-- A contact becomes a user, and a user a contact again. The same person may be there once in each tenant.
\i include/world.sql

insert into tenancy.contacts (id, tenant_id, name, email) values
  (md5('new')::uuid, :acme, 'new', 'new@example.com'), (md5('new at globex')::uuid, :globex, 'new', 'NEW@example.com');
-- but not twice in one
insert into tenancy.contacts (tenant_id, name, email) values (:acme, 'again', 'New@Example.com');

-- only those who administer
\c - app
select tenancy.enable_login(md5('new')::uuid);
begin; call app.act_as('ann'); select tenancy.enable_login(md5('new')::uuid, 'boss'); rollback;
begin; call app.act_as('ann'); select tenancy.enable_login(md5('ann')::uuid, 'boss'); rollback;
begin; call app.act_as('all'); select tenancy.disable_login(md5('ann')::uuid); rollback;
-- a contact is nobody to be entered
begin; call app.act_as('new'); rollback;
begin; call app.act_as('ada'); select tenancy.enable_login(md5('new')::uuid); commit;
begin; call app.act_as('new'); select tenancy.current_tenant() = 'a0000000-0000-0000-0000-000000000000' as at_acme; select title from app.documents order by 1; commit;
-- at the other tenant the same person is still a contact
begin; call app.act_as('new at globex'); rollback;
begin; call app.act_as('ada'); select tenancy.enable_login(md5('new at globex')::uuid, 'auditor'); commit;
begin; call app.act_as('new at globex'); select title from app.documents order by 1; update app.documents set title = title returning 1; commit;
-- a further role, and one that is held already
begin; call app.act_as('ada');
select tenancy.enable_login(md5('new')::uuid, 'manager');
select tenancy.enable_login(md5('new')::uuid, 'manager');
select r.name from tenancy.user_roles ur join tenancy.roles r on r.id = ur.role_id where ur.user_id = md5('new')::uuid order by 1;
commit;
-- a user without a role cannot enter
begin; call app.act_as('ada'); delete from tenancy.user_roles where user_id = md5('new')::uuid returning 1; commit;
begin; call app.act_as('new'); rollback;
-- a login that is switched off keeps its roles; enabling switches it on again
begin; call app.act_as('ada');
select tenancy.enable_login(md5('new')::uuid, 'worker');
update tenancy.users set login_enabled = false where id = md5('new')::uuid returning login_enabled; commit;
begin; call app.act_as('new'); rollback;
begin; call app.act_as('ada'); select tenancy.enable_login(md5('new')::uuid, 'worker'); commit;
begin; call app.act_as('new'); select count(*) from app.documents; commit;
-- and back: the contact stays, user and roles go
begin; call app.act_as('ada'); select tenancy.disable_login(md5('new')::uuid); commit;
begin; call app.act_as('new'); rollback;
begin; call app.act_as('ada');
select c.email, u.id is not null as is_user, ur.role_id is not null as has_role from tenancy.contacts c
left join tenancy.users u using (id) left join tenancy.user_roles ur on ur.user_id = c.id where c.name = 'new' order by c.email collate "C";
-- a mere contact may be made one again
select tenancy.disable_login(md5('new')::uuid);
commit;
-- what is not there
begin; call app.act_as('ada'); select tenancy.enable_login(md5('nobody')::uuid); rollback;
begin; call app.act_as('ada'); select tenancy.disable_login(md5('nobody')::uuid); rollback;
begin; call app.act_as('ada'); select tenancy.enable_login(md5('new')::uuid, 'king'); rollback;
begin; call app.act_as('ada'); select tenancy.enable_login(null); rollback;
begin; call app.act_as('ada'); select tenancy.enable_login(md5('new')::uuid, null); rollback;
begin; call app.act_as('ada'); select tenancy.disable_login(null); rollback;

-- what a user did: administrators list it, tenants that of their own users
\c - postgres
insert into tenancy.activity (event, tenant_id, user_id, detail)
values ('test', :acme, md5('ann')::uuid, '{"message": "of ann"}'), ('test', :globex, md5('gus')::uuid, '{"message": "of gus"}');
\c - app
begin; call app.act_as('ada'); select user_id = md5('gus')::uuid as gus, detail from tenancy.activity where user_id in (md5('gus')::uuid, md5('ann')::uuid) and event = 'test' order by id; commit;
begin; call app.act_as('ann'); select detail from tenancy.activity where user_id in (md5('gus')::uuid, md5('ann')::uuid) and event = 'test' order by id; commit;
