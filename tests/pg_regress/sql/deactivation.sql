-- A tenant that is inactive: its users cannot enter, and only sessions that administer see its rows.
\c - postgres
create function app.t(text) returns uuid stable language sql security definer as 'select id from tenancy.tenants where name = $1';
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('acme', app.t('provider'), true);
insert into tenancy.tenants (name, parent_id) values ('west', app.t('acme')), ('east', app.t('acme'));
insert into tenancy.contacts (id, tenant_id, name, email)
select ('00000000-0000-0000-0000-0000000000' || v.id)::uuid, app.t(v.tenant), v.name, v.name || '@example.org'
from (values ('01', 'provider', 'root'), ('02', 'provider', 'auditor'), ('0a', 'acme', 'ann'), ('0d', 'west', 'wes')) v (id, tenant, name);
insert into tenancy.users (id) select id from tenancy.contacts;
insert into tenancy.roles (name, read_access) values ('chief', 'home_subtenants'), ('auditor', 'all');
insert into tenancy.user_roles
select c.id, r.id from tenancy.contacts c join tenancy.roles r
on r.name = case c.name when 'root' then 'administrator' when 'ann' then 'chief' when 'auditor' then 'auditor' else 'member' end;
update tenancy.users set db_role = 'bob' where id = '00000000-0000-0000-0000-00000000000d';
grant execute on function tenancy.enter, tenancy.enter_tenant to app;
create view app.who with (security_invoker = true) as
select name, tenancy.can_read(id) reads, tenancy.can_write(id) writes from tenancy.tenants order by name;
grant select on app.who to public;
\set root '00000000-0000-0000-0000-000000000001'
\set auditor '00000000-0000-0000-0000-000000000002'
\set ann '00000000-0000-0000-0000-00000000000a'
\set wes '00000000-0000-0000-0000-00000000000d'

\c - bob
select tenancy.current_tenant() is not null "is somebody";
\c - app
begin; select tenancy.enter(:'wes'); commit;
begin; select tenancy.enter(:'ann'); table app.who; commit;
begin;
select tenancy.enter(:'root');
update tenancy.tenants set status = 'inactive' where name = 'west';
-- at once and in the same transaction; who administers still sees it
table app.who;
select * from tenancy.tenant_tree();
commit;
begin; select tenancy.enter(:'wes'); commit;
begin; select tenancy.enter_tenant(app.t('west')); commit;
begin; select tenancy.enter(:'ann'); table app.who; commit;
begin; select tenancy.enter(:'auditor'); table app.who; commit;
begin; select tenancy.enter(:'root'); select name from app.who; commit;
\c - bob
select tenancy.current_tenant() is not null "is somebody";
-- a tenant in the middle: those below stay what they are
\c - app
begin; select tenancy.enter(:'root');
update tenancy.tenants set status = 'inactive' where name = 'acme';
update tenancy.tenants set status = 'active' where name = 'west';
commit;
begin; select tenancy.enter(:'ann'); commit;
begin; select tenancy.enter(:'wes'); table app.who; commit;
begin; select tenancy.enter(:'auditor'); table app.who; commit;
begin; select tenancy.enter(:'root'); update tenancy.tenants set status = 'active' where status = 'inactive' returning name; commit;
begin; select tenancy.enter(:'ann'); table app.who; commit;
\set VERBOSITY terse
begin; select tenancy.enter(:'root'); update tenancy.tenants set status = 'asleep' where name = 'west'; commit;
\set VERBOSITY verbose
begin; select tenancy.enter(:'root'); update tenancy.tenants set status = 'inactive' where kind = 'service_provider'; commit;
