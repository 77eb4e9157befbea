--# Deactivating a tenant

--## The service provider switches Bavaria off
--@ itam_provider
update tenancy.tenants set status = 'inactive' where name = 'DE-BY Bayern';
--= does UPDATE 1

--## Its own login sees nothing now
--@ itam_de_by
select count(*) as assets, count(distinct tenant_id) as tenants from itam.assets;
--= rows
--| 0 | 0

--## The application cannot act for its users, nor learn why
--@ itam_app
begin;
select tenancy.enter('{user DE-BY}');
--= refused 28000 cannot be entered

--## Germany sees its other states
--@ itam_de
select count(*) as assets, count(distinct tenant_id) as tenants from itam.assets;
--= rows of the superuser
--| select count(a.id), count(distinct t.id) from itam.assets a join tenancy.tenants t on t.id = tenant_id
--| where t.name ~ '^DE[ -]' and t.status = 'active';

--## Those who administer still see the rows
--@ itam_provider
select count(*) as assets from itam.assets where serial like 'DE-BY-%';
--= rows of the superuser
--| select count(*) from itam.assets where tenant_id = '{tenant DE-BY}';

--## On again
--@ itam_provider
update tenancy.tenants set status = 'active' where name = 'DE-BY Bayern';
--= does UPDATE 1

--## And all is there
--@ itam_de_by
select count(*) as assets, count(distinct tenant_id) as tenants from itam.assets;
--= rows of the superuser
--| select count(*), 1 from itam.assets where tenant_id = '{tenant DE-BY}';

--## The service provider cannot switch itself off
--@ itam_provider
update tenancy.tenants set status = 'inactive' where id = '{tenant Worldwide}';
--= refused 55000 service provider

--## And nobody else switches anybody off
--@ itam_de
update tenancy.tenants set status = 'inactive' where name = 'DE-BY Bayern';
--= refused 42501 only an administrator
