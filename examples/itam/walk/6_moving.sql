--# Moving tenants

--## The service provider opens a hub
--@ itam_provider
insert into tenancy.tenants (name, parent_id, allows_subtenants)
values ('BENELUX Hub', '{tenant Worldwide}', true);
--= does INSERT 0 1

--## And gives it a service desk: a contact, whose login is enabled, who has a role
--@ itam_provider
insert into tenancy.contacts (tenant_id, name, email)
values ('{tenant BENELUX}', 'Service desk BENELUX', 'desk.benelux@example.org');
insert into tenancy.users (id)
select id from tenancy.contacts where email = 'desk.benelux@example.org';
insert into tenancy.user_roles (user_id, role_id)
select u.id, r.id from tenancy.users u, tenancy.roles r
where u.tenant_id = '{tenant BENELUX}' and r.name = 'desk';
--= does INSERT 0 1

--## What the hub sees before
--@ itam_app
begin;
select tenancy.enter('{user BENELUX}');
select count(*) as assets, count(distinct tenant_id) as tenants from itam.assets;
commit;
--= rows
--| 0 | 0

--## Three countries move below it, with all that is below them
--@ itam_provider
update tenancy.tenants
set parent_id = '{tenant BENELUX}'
where name in ('BE Belgium', 'LU Luxembourg', 'NL Netherlands');
--= does UPDATE 3

--## What the hub sees after
--@ itam_app
begin;
select tenancy.enter('{user BENELUX}');
select count(*) as assets, count(distinct tenant_id) as tenants from itam.assets;
commit;
--= rows of the superuser
--| select count(*), count(distinct t.id) from itam.assets a join tenancy.tenants t on t.id = a.tenant_id
--| where t.name ~ '^(BE|LU|NL)[ -]';

--## France would be too deep there, because of Alsace
--@ itam_provider
update tenancy.tenants set parent_id = '{tenant BENELUX}' where name = 'FR France';
--= refused 53400 would be too deep

--## In 2025 the Philippine province of Sulu came under another region, but its contracts have not moved
--@ itam_provider
update tenancy.tenants set parent_id = '{tenant PH-09}' where name = 'PH-SLU Sulu';
--= refused 23001 would break references

--## Which ones these are
--@ itam_provider
select a.serial, c.title as contract, t.name as of_tenant
from itam.assets a
join itam.contracts c on c.id = a.contract_id
join tenancy.tenants t on t.id = c.tenant_id
where a.tenant_id = '{tenant PH-SLU}'
order by a.serial;
--= rows of the superuser
--| select a.serial, 'Maintenance PH-14', 'PH-14 Autonomous Region in Muslim Mindanao (ARMM)' from itam.assets a
--| where a.serial like 'PH-SLU-%' and a.contract_id is not null order by 1;

--## Assets under the country's contract, targets in the country's roll-out, and the move in one transaction
--@ itam_provider
begin;
update itam.assets set contract_id = {contract PH}
where tenant_id = '{tenant PH-SLU}' and contract_id = {contract PH-14};
update itam.job_targets
set container_id = (select id from itam.job_containers where title = 'Firmware PH')
where tenant_id = '{tenant PH-SLU}';
update tenancy.tenants set parent_id = '{tenant PH-09}' where name = 'PH-SLU Sulu';
commit;
--= does UPDATE 1

--## The region that it left sees it no more
--@ itam_app
begin;
select tenancy.enter('{user PH-14}');
select count(*) as assets from itam.assets where serial like 'PH-SLU-%';
commit;
--= rows
--| 0

--## The region that it came to does
--@ itam_app
begin;
select tenancy.enter('{user PH-09}');
select count(*) as assets from itam.assets where serial like 'PH-SLU-%';
commit;
--= rows of the superuser
--| select count(*) from itam.assets where tenant_id = '{tenant PH-SLU}';
