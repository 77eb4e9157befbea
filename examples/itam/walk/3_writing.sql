--# Writing

--## A row of one's own needs no tenant: the column's default knows it
--@ itam_de_by
insert into itam.cost_centres (code, name, currency)
values ('3000', 'Laboratory', 'EUR')
returning code, name, tenant_id = tenancy.current_tenant() as mine;
--= rows
--| 3000 | Laboratory | t

--## A row for another tenant
--@ itam_de_by
insert into itam.cost_centres (tenant_id, code, name, currency)
values ('{tenant DE-BE}', '3000', 'Planted', 'EUR');
--= refused 42501 may not write rows of this tenant

--## A row given away
--@ itam_de_by
update itam.cost_centres set tenant_id = '{tenant DE-BE}' where code = '3000';
--= refused 42501 may not write rows of this tenant

--## The rows of others, changed by their known names: there is nothing to change
--@ itam_de_by
update itam.assets set status = 'retired' where serial like 'DE-BE-%';
--= does UPDATE 0

--## Germany's service desk may write seventeen tenants, and has to say which
--@ itam_de
insert into itam.cost_centres (code, name, currency) values ('4000', 'Training', 'EUR');
--= refused 23502 name the tenant

--## It says which
--@ itam_de
insert into itam.cost_centres (tenant_id, code, name, currency)
values ('{tenant DE-BE}', '4000', 'Training', 'EUR');
--= does INSERT 0 1

--## Reading and writing are set apart: the same user, in the role of an auditor, reads
--@ itam_app
begin;
select tenancy.enter('{user DE}', 'auditor');
select count(*) as assets from itam.assets;
commit;
--= rows of the superuser
--| select count(*) from itam.assets where tenant_id in (select tenancy.subtenants('{tenant DE}'));

--## The auditor writes nothing
--@ itam_app
begin;
select tenancy.enter('{user DE}', 'auditor');
insert into itam.cost_centres (tenant_id, code, name, currency)
values ('{tenant DE}', '5000', 'Found by audit', 'EUR');
--= refused 42501 may not write rows of this tenant
