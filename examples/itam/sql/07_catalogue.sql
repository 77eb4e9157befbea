-- What belongs to nobody in particular: untenanted tables, and the public rows of the catalogue (no tenant).
create temp table iso_countries (code text, name text, numeric_code text);
create temp table pci_vendors (id text, name text);
create temp table pci_devices (vendor_id text, id text, name text);
\copy iso_countries from 'countries.csv' csv header
\copy itam.currencies (code, name, numeric_code) from 'currencies.csv' csv header
\copy pci_vendors from 'vendors.csv' csv header
\copy pci_devices from 'devices.csv' csv header

-- Many currencies have their country's number; where none has, the euro will do for a demo.
insert into itam.countries (code, name, currency)
select c.code, c.name, coalesce(min(m.code), 'EUR')
from iso_countries c
left join itam.currencies m on m.numeric_code = c.numeric_code
group by c.code, c.name;

insert into itam.asset_statuses (code, meaning)
values ('in_use', 'assigned to somebody'),
       ('in_stock', 'ready to be assigned'),
       ('repair', 'away for repair'),
       ('retired', 'no longer in service');

-- Said outright: the column's default is the session's own tenant.
insert into itam.vendors (tenant_id, pci_id, name)
select null, id, name from pci_vendors order by id;

insert into itam.models (tenant_id, vendor_id, pci_id, name)
select null, v.id, d.vendor_id || ':' || d.id, d.name
from pci_devices d
join itam.vendors v on v.pci_id = d.vendor_id
order by d.vendor_id, d.id;

analyze itam.countries, itam.vendors, itam.models;
