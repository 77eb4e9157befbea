--# References
--> A row may refer to public rows, rows of its own tenant, and rows of a tenant above it. Nothing else, for anybody.

--## An asset of Bavaria: its model is public, its location and cost centre are Bavaria's
--@ itam_de_by
insert into itam.assets (serial, model_id, location_id, cost_centre_id, status, price, purchased_on)
select 'DE-BY-NEW', m.id, l.id, c.id, 'in_stock', 389, '2025-11-03'
from itam.models m, itam.locations l, itam.cost_centres c
where m.pci_id = '8086:1572' and l.name = 'Server room DE-BY' and c.code = '3000'
returning serial, location_id, cost_centre_id;
--= rows
--| DE-BY-NEW | … | …

--## Under a contract of the country above it, which may be referred to although this user cannot read it
--@ itam_de_by
update itam.assets set contract_id = {contract DE}, contract_line = 2 where serial = 'DE-BY-NEW';
--= does UPDATE 1

--## Under a contract of France
--@ itam_de_by
update itam.assets set contract_id = {contract FR}, contract_line = 2 where serial = 'DE-BY-NEW';
--= refused 23503 does not exist or may not be referred to

--## Under a contract that nobody has: the same words, so that numbers cannot be tried out
--@ itam_de_by
update itam.assets set contract_id = 999999, contract_line = 2 where serial = 'DE-BY-NEW';
--= refused 23503 does not exist or may not be referred to

--## In a location of Berlin: a sibling is not above
--@ itam_de
update itam.assets
set location_id = (select id from itam.locations where name = 'Campus DE-BE')
where serial = 'DE-BY-NEW';
--= refused 23503 may not refer to

--## The superuser is not spared
update itam.assets set contract_id = {contract FR}, contract_line = 2 where serial = 'DE-BY-NEW';
--= refused 23503 may not refer to

--## Antarctica stands outside the provider's hierarchy: the provider's contract is not above it
update itam.assets set contract_id = {contract Worldwide}, contract_line = 1 where serial = 'AQ-0001';
--= refused 23503 may not refer to

--## Unless this reference is marked service-provider-eligible
select tenancy.set_reference_rule('itam.assets', 'assets_contract_id_contract_line_fkey', true, 'restrict');
update itam.assets set contract_id = {contract Worldwide}, contract_line = 1 where serial = 'AQ-0001';
--= does UPDATE 1
