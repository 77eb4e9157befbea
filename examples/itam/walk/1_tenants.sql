--# The tenants
--> ISO 3166 is the customer list: a service provider, below it the countries, their subdivisions and those of them.

--## How many there are on each level
select depth, count(*) as tenants
from tenancy.tenants
where kind in ('service_provider', 'tenant')
group by depth
order by depth;
--= rows
--| 1 | 2
--| 2 | 248
--| 3 | 3590
--| 4 | 1454
--| 5 | 2

--## A part of the tree, drawn for the service provider's administrator
--@ itam_provider
select * from tenancy.tenant_tree('{tenant BE}');
--= rows
--| BE Belgium
--| ├── BE-BRU Bruxelles-Capitale, Région de
--| ├── BE-VLG Vlaams Gewest
--| │   ├── BE-VAN Antwerpen
--| │   ├── BE-VBR Vlaams-Brabant
--| │   ├── BE-VLI Limburg
--| │   ├── BE-VOV Oost-Vlaanderen
--| │   └── BE-VWV West-Vlaanderen
--| └── BE-WAL wallonne, Région
--| ├── BE-WBR Brabant wallon
--| ├── BE-WHT Hainaut
--| ├── BE-WLG Liège
--| ├── BE-WLX Luxembourg
--| └── BE-WNA Namur

--## The tree of all tenants, as a service desk in Bavaria may see it
--> It may not even learn who the others are.
--@ itam_de_by
select * from tenancy.tenant_tree();
--= rows
--| DE-BY Bayern
