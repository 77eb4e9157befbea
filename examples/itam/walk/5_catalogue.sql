--# The public catalogue
--> Vendors and models are tenant-optional: a row without a tenant is public, and the service provider's to write.

--## A tenant adds a vendor for itself
--@ itam_de_by
insert into itam.vendors (name) values ('Werkstatt im Hof')
returning name, tenant_id = tenancy.current_tenant() as mine;
--= rows
--| Werkstatt im Hof | t

--## And cannot publish one
--@ itam_de_by
insert into itam.vendors (tenant_id, name) values (null, 'Werkstatt im Hof, for everybody');
--= refused 42501 may not write public rows

--## Nor rename a public one
--@ itam_de_by
update itam.vendors set name = 'Inside' where pci_id = '8086';
--= does UPDATE 0

--## The service provider publishes a vendor and a model
--@ itam_provider
insert into itam.vendors (tenant_id, name) values (null, 'Fairphone B.V.');
insert into itam.models (tenant_id, vendor_id, name)
select null, id, 'Fairphone 5' from itam.vendors where name = 'Fairphone B.V.';
--= does INSERT 0 1

--## Everybody sees it at once, and each their own vendors besides
--@ itam_de_by
select v.name, m.name as model, v.tenant_id is null as public
from itam.vendors v
left join itam.models m on m.vendor_id = v.id
where v.pci_id is null
order by v.name;
--= rows
--| Fairphone B.V. | Fairphone 5 | t
--| Werkstatt im Hof |  | f

--## A public row cannot refer to a private one
--@ itam_provider
insert into itam.models (tenant_id, vendor_id, name)
select null, id, 'Sonderanfertigung' from itam.vendors where name = 'Werkstatt im Hof';
--= refused 23503 may not refer to
