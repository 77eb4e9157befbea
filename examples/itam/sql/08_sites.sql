-- Where a tenant's things are, what they are booked on, and who maintains them. Nothing random: n numbers the tenants.
create temp table party as
select t.id, split_part(t.name, ' ', 1) as code, substr(t.name, 1, 2) as country, t.parent_id, t.kind, t.allows_subtenants,
       row_number() over (order by t.name) as n
from tenancy.tenants t
where t.kind in ('tenant', 'service_provider');

update party set country = 'CH' where kind = 'service_provider';

insert into itam.cost_centres (tenant_id, code, name, currency)
select p.id, k.code, k.name, c.currency
from party p
join itam.countries c on c.code = p.country
cross join (values ('1000', 'Operations'), ('2000', 'Administration')) as k (code, name)
order by p.n, k.code;

-- A campus each; that of a subdivision lies in that of its country, whoever is between them.
insert into itam.locations (tenant_id, country, name)
select id, country, 'Campus ' || code from party where code !~ '-' order by n;

insert into itam.locations (tenant_id, parent_id, country, name)
select p.id, l.id, p.country, 'Campus ' || p.code
from party p
join itam.locations l on l.name = 'Campus ' || p.country
where p.code ~ '-'
order by p.n;

insert into itam.locations (tenant_id, parent_id, country, name)
select p.id, l.id, p.country, 'Server room ' || p.code
from party p
join itam.locations l on l.tenant_id = p.id
order by p.n;

-- Those with tenants below them make contracts: the service provider, countries, regions.
insert into itam.contracts (tenant_id, vendor_id, title, starts_on, ends_on)
select p.id, v.id, 'Maintenance ' || p.code, date '2024-01-01', date '2027-12-31'
from party p
join (select id, row_number() over (order by pci_id) as n
      from itam.vendors where pci_id in ('1002', '1022', '10de', '14e4', '15b3', '8086')) v on v.n = 1 + p.n % 6
where p.allows_subtenants
order by p.n;

insert into itam.contract_lines (contract_id, line, tenant_id, service)
select c.id, s.line, c.tenant_id, s.service
from itam.contracts c
cross join (values (1, 'Replacement on site'), (2, 'Return to the workshop'), (3, 'Firmware only')) as s (line, service)
order by c.id, s.line;

-- A roll-out for all the tenants below.
insert into itam.job_containers (tenant_id, title, planned_for)
select id, 'Firmware ' || code, date '2025-09-01' + (n % 28)::integer
from party
where allows_subtenants
order by n;

analyze itam.cost_centres, itam.locations, itam.contracts, itam.contract_lines, itam.job_containers;
